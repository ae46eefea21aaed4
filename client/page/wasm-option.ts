import { ConnectionError } from '../protocol/errors.js';
import type { WasmSource } from '../protocol/greeting.js';
import { within } from '../storage/time-limit.js';
import { addressOf } from './address.js';
import { has, kindOf } from './kind-of.js';
import { aString, aUrl, either, invalidOption, type OptionRule } from './option-rules.js';
import { workerFailed } from './worker-failed.js';

/** Where the wasm module is: its address, or what was answered there. */
export type Wasm = string | URL | Response;

const aResponse: OptionRule = { words: 'a Response', fits: (value) => has(value, 'ok', 'url', 'arrayBuffer') };
const aPromise: OptionRule = { words: 'a promise of one', fits: (value) => has(value, 'then') };
const someWasm = either(aString, aUrl, aResponse);

/** What the option must be; what a promise must give, `wasmSourceOf` says. */
export const wasmOrPromise: OptionRule = either(someWasm, aPromise);

/**
 * What the worker gets of the option.
 *
 * @throws {ConnectionError} `worker_failed`: it was answered that there is no such file, or nothing.
 * @throws {DefinitionError} `invalid_option`: the promise gave something else.
 */
export function wasmSourceOf(given: Wasm | Promise<Wasm>): Promise<WasmSource> {
  const source = sourceOf(given);
  // Every worker that is started asks for it; until then the browser must not report it as unhandled.
  source.catch(() => {});
  return source;
}

/** How long it may take until the module is there, in milliseconds: over a slow network, a minute. */
const arrivalLimit = 60_000;

async function sourceOf(given: Wasm | Promise<Wasm>): Promise<WasmSource> {
  const wasm = await within(arrivalLimit, 'the promise', Promise.resolve(given)).catch((error) => {
    throw unloadable(`${error}`);
  });
  if (!someWasm.fits(wasm)) {
    throw invalidOption(`The promise of the option wasm must give ${someWasm.words}, not ${kindOf(wasm)}.`);
  }
  if (typeof wasm === 'string' || !aResponse.fits(wasm)) return { address: addressOf(wasm as string | URL) };
  const response = wasm as Response;
  const address = response.url || 'a Response without an address';
  if (!response.ok) throw unloadable(`the answer was ${response.status} (${address})`);
  // Another database may be opened with the same one.
  const module = await within(arrivalLimit, 'the server', compiled(response.clone())).catch((error) => {
    throw unloadable(`${error} (${address})`);
  });
  return { address, module };
}

/** What was compiled for another database of this page. */
let own: Promise<WasmSource | undefined> | undefined;

/**
 * The module that lies beside the package's own worker, compiled while that starts. Where the page cannot have it, the
 * worker tries, and tells why if it cannot either.
 *
 * @throws {ConnectionError} `worker_failed`: nothing was answered.
 */
export function ownWasm(): Promise<WasmSource | undefined> {
  own ??= loadOwn().catch((error) => {
    own = undefined;
    if (error instanceof ConnectionError) throw error;
    return undefined;
  });
  return own;
}

async function loadOwn(): Promise<WasmSource> {
  const { href } = new URL('./wheatear_bg.wasm', import.meta.url);
  const loading = fetch(href).then(compiled);
  const module = await within(arrivalLimit, 'its address', loading).catch((error) => {
    throw error.name === 'TimeoutError' ? unloadable(`${error} (${href})`) : error;
  });
  return { address: href, module };
}

/** Compiles while it comes, if the server calls it what it is. */
async function compiled(response: Response): Promise<WebAssembly.Module> {
  const isWasm = response.headers.get('content-type') === 'application/wasm';
  return isWasm ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

function unloadable(reason: string): ConnectionError {
  return workerFailed(
    `its wasm module could not be loaded: ${reason}; the option wasm must give wheatear_bg.wasm of this version of Wheatear`,
  );
}
