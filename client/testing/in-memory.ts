import type { Database } from '../page/database.js';
import { openTab } from '../page/open.js';
import { type OpenOptions, openRules, tabOptions } from '../page/open-options.js';
import { checkOptions, type OptionRule } from '../page/option-rules.js';
import { wasmSourceOf } from '../page/wasm-option.js';
import { errorFromData } from '../protocol/errors.js';
import { errorDataOf } from '../worker/fault.js';
import type { ServeOptions } from '../worker/serve-options.js';
import { InProcessWorker } from './in-process-worker.js';
import { loadOwn, moduleFor } from './module.js';

/** What of `open` means nothing to a database that nobody else has, and that is gone when it is closed. */
type OfStored = 'worker' | 'storage' | 'initial' | 'backup' | 'onSuperseding' | 'onSuperseded' | 'onOwnerChange';

/** How to open a database in memory: as `open` does it, and with what the application's own worker gives to `serve`. */
export interface InMemoryOptions extends Omit<OpenOptions, OfStored>, ServeOptions {}

const anObject: OptionRule = { words: 'an object', fits: (value) => typeof value === 'object' && value !== null };
const { worker, storage, initial, backup, onSuperseding, onSuperseded, onOwnerChange, ...shared } = openRules;
const ofServe = { code: anObject, functions: anObject, collations: anObject };
const rules = { ...shared, ...ofServe } satisfies Record<keyof InMemoryOptions, OptionRule>;

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
  checkOptions(options, rules);
  const { code, functions, collations, wasm, ...rest } = options;
  const added: ServeOptions = { code, functions, collations };
  const tab = tabOptions(name, { ...rest, storage: 'memory' });
  try {
    await loadOwn(wasm === undefined ? undefined : await wasmSourceOf(wasm));
  } catch (error) {
    const data = errorDataOf(error);
    throw data ? errorFromData(data) : error;
  }
  const worker = () => new InProcessWorker(moduleFor(undefined), added);
  return openTab(name, { ...tab, start: { worker, wasm: undefined } });
}

/** What every one of them is called, since none is found by its name. */
const name = ':memory:';
