import * as own from '../page/wheatear.js';
import type { WasmSource } from '../protocol/greeting.js';
import { loadModule } from '../worker/load-module.js';
import type { ModuleConnection, WheatearModule } from '../worker/module.js';

/** As much of Node.js as reads a file; Bun has it, too. */
interface Node {
  readonly getBuiltinModule?: (name: 'node:fs/promises') => Files;
}

interface Files {
  readFile(file: URL | string): Promise<Uint8Array<ArrayBuffer>>;
}

/** What reads files where there is no browser. No bundler sees it, which would look for it for the page. */
export function files(): Files | undefined {
  const { process } = globalThis as { readonly process?: Node };
  return process?.getBuiltinModule?.('node:fs/promises');
}

type Functions = Parameters<WheatearModule['defineFunctions']>[0];

let loading: Promise<void> | undefined;

/**
 * Loads the module that the package's workers have, once for all databases.
 *
 * @param source where its wasm file is, if not beside the package's worker
 * @throws ErrorData `worker_failed`
 */
export function loadOwn(source?: WasmSource): Promise<void> {
  loading ??= load(source).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(source: WasmSource | undefined): Promise<void> {
  const beside = new URL('../page/wheatear_bg.wasm', import.meta.url);
  // fetch of Node.js knows no files.
  const read = beside.protocol === 'file:' ? files()?.readFile(beside) : undefined;
  const found = source ?? (read && { address: beside.href, module: await WebAssembly.compile(await read) });
  await loadModule(own, found);
}

/**
 * The module as one database has it: its functions are defined on its own connection, for in a page each database has a
 * module of its own.
 *
 * @param first the connection that it opens, if not one to an empty database
 */
export function moduleFor(first: ModuleConnection | undefined): WheatearModule {
  let functions: Functions = [];
  const openMirror: WheatearModule['Connection']['openMirror'] = (...given) => {
    return withFunctions(first ?? own.Connection.openMirror(...given), functions);
  };
  return {
    ...own,
    default: () => loadOwn(),
    defineFunctions: (objects) => {
      functions = objects;
      // What is tried out when a set is built has those of every connection so far.
      withFunctions(own.Connection.openMirror(0, undefined), functions).close();
    },
    Connection: Object.assign(Object.create(own.Connection), { openMirror }),
  };
}

function withFunctions(connection: ModuleConnection, functions: Functions): ModuleConnection {
  for (const one of functions) connection.defineFunction(one);
  return connection;
}
