import type { ConnectionError } from '../protocol/errors.js';
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
  const bytes = await within(arrivalLimit, 'the server', response.clone().arrayBuffer()).catch((error) => {
    throw unloadable(`${error} (${address})`);
  });
  return { address, bytes };
}

function unloadable(reason: string): ConnectionError {
  return workerFailed(
    `its wasm module could not be loaded: ${reason}; the option wasm must give wheatear_bg.wasm of this version of Wheatear`,
  );
}
