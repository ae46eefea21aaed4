import type { WasmSource } from '../protocol/greeting.js';
import { requireOrigin } from '../storage/origin.js';
import { aFunction, exampleOfWorker, type OptionRule } from './option-rules.js';
import { ownWasm, type Wasm, wasmOrPromise, wasmSourceOf } from './wasm-option.js';

/** How to reach the worker that holds the database. */
export interface WorkerOptions {
  /**
   * Starts a worker of your own in the place of the package's: its script calls `serve` from `wheatear/worker`, with
   * what the application adds to it, or with a module of its own. A function, so that bundlers see the
   * `new Worker(new URL(…))` they know how to follow. It must start a new one each time: each serves one database, and ends with it. Called again if the worker dies or cannot be loaded: four times within three seconds,
   * then there is no more hope (`worker_failed`); nor is there for one that says nothing for twenty seconds.
   */
  readonly worker?: (() => Worker) | undefined;
  /**
   * Where the worker's wasm module is, if not beside its script: its address, or what was answered there, or a promise of
   * either, such as `fetch('/assets/wheatear_bg.wasm')`, which loads it while the worker starts. It must be the file of the
   * worker's own version.
   */
  readonly wasm?: Wasm | Promise<Wasm> | undefined;
}

/** What each of them must be. */
export const workerRules = {
  worker: { ...aFunction, words: `${aFunction.words}, such as ${exampleOfWorker}` },
  wasm: wasmOrPromise,
} satisfies Record<keyof WorkerOptions, OptionRule>;

/** As much of a worker as a page needs. */
export type WorkerEnd = Pick<Worker, keyof Worker & ('postMessage' | 'terminate' | 'addEventListener')>;

/** How a page starts its workers: each time one anew. */
export interface WorkerStart {
  readonly worker: () => WorkerEnd;
  /** Their module, or where it is, if the page says so; for all of them, because a `Response` can be read only once. */
  readonly wasm: Promise<WasmSource | undefined> | undefined;
}

export function workerStart({ worker = startOwn, wasm }: WorkerOptions): WorkerStart {
  if (wasm !== undefined) return { worker, wasm: wasmSourceOf(wasm) };
  return { worker, wasm: worker === startOwn ? ownWasm() : undefined };
}

/** Starts the package's own worker, which scripts/package.mjs puts beside this file. */
function startOwn(): Worker {
  requireOrigin();
  return new Worker(new URL('./database.worker.js', import.meta.url), { type: 'module' });
}

/** How much of the function that starts the worker an error shows, in characters. */
const sourceLimit = 200;

/** Which script a worker has, as far as its page knows, and what to do if that is not there. */
export function describeScript({ worker }: WorkerStart): string {
  if (worker === startOwn)
    return `database.worker.js, beside ${import.meta.url}; for a bundler that does not see it there, copy it and wheatear_bg.wasm from the folder page of the package, or exclude wheatear from what is pre-bundled (Vite: optimizeDeps.exclude)`;
  const source = String(worker);
  return source.length > sourceLimit ? `${source.slice(0, sourceLimit)} …` : source;
}
