import type { Database } from '../page/database.js';
import { openTab } from '../page/open.js';
import { type OpenOptions, openRules, type TabOptions, tabOptions } from '../page/open-options.js';
import { aFile, checkOptions, either, type OptionRule } from '../page/option-rules.js';
import { wasmSourceOf } from '../page/wasm-option.js';
import { errorFromData } from '../protocol/errors.js';
import { errorDataOf } from '../worker/fault.js';
import type { ModuleConnection } from '../worker/module.js';
import type { ServeOptions } from '../worker/serve-options.js';
import { InProcessWorker } from './in-process-worker.js';
import { loadOwn, moduleFor } from './module.js';
import { connectionOf, type StoredFile } from './stored-file.js';

/** What of `open` cannot be had in this thread and in memory. What it tells of other tabs is taken, and never called. */
type OfStored = 'worker' | 'storage' | 'backup';

/** How to open a database in memory: as `open` does it, and with what the application's own worker gives to `serve`. */
export interface InMemoryOptions extends Omit<OpenOptions, OfStored | 'initial'>, ServeOptions {
  /**
   * A file that it begins as, such as one that a user has sent: bytes, a Blob, in a page its address, elsewhere its path, where
   * a `-wal` that lies beside it belongs to it. It is checked as `importDatabase` does, and upgraded like any other.
   */
  readonly initial?: StoredFile | undefined;
}

const anObject: OptionRule = { words: 'an object', fits: (value) => typeof value === 'object' && value !== null };
const bytes: OptionRule = { words: 'a Uint8Array', fits: (value) => value instanceof Uint8Array };
const { worker, storage, backup, ...shared } = openRules;
const ofServe = { code: anObject, functions: anObject, collations: anObject };
const rules = { ...shared, ...ofServe, initial: either(aFile, bytes) } satisfies Record<
  keyof InMemoryOptions,
  OptionRule
>;

/** What every one of them is called, since none is found by its name. */
const name = ':memory:';

/**
 * Opens a database in memory, in this thread and without a worker, and applies the migrations to it: in Node.js, Bun or a
 * page, in a few milliseconds. It is a `Database` like any other, and gone when it is closed.
 *
 * ```ts
 * const db = await openInMemory({ migrations });
 * ```
 *
 * @throws as `open`
 */
export async function openInMemory(options: InMemoryOptions = {}): Promise<Database> {
  const ready = await readOptions(options);
  const { initial } = options;
  return openConnection(ready, initial === undefined ? undefined : await ended(connectionOf(initial)));
}

/** Options that are read, once the module is loaded. */
export interface Ready {
  readonly tab: TabOptions;
  readonly added: ServeOptions;
}

/**
 * Reads options, and loads the module.
 *
 * @throws {DefinitionError} as `open`
 * @throws {ConnectionError} `worker_failed`
 */
export async function readOptions(options: InMemoryOptions): Promise<Ready> {
  checkOptions(options, rules);
  const { code, functions, collations, wasm, initial: _, ...rest } = options;
  const tab = tabOptions(name, { ...rest, storage: 'memory' });
  await ended(loadOwn(wasm === undefined ? undefined : await wasmSourceOf(wasm)));
  return { tab, added: { code, functions, collations } };
}

/**
 * Opens what a connection leads to, or an empty database.
 *
 * @throws as `open`
 */
export function openConnection({ tab, added }: Ready, first: ModuleConnection | undefined): Promise<Database> {
  const worker = () => new InProcessWorker(moduleFor(first), added);
  return openTab(name, { ...tab, start: { worker, wasm: undefined } });
}

/** What work of the worker's code gives; what it throws, as the page throws it. */
export async function ended<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const data = errorDataOf(error);
    throw data ? errorFromData(data) : error;
  }
}
