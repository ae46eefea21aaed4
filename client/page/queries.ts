// What `query`, `run`, `exec` and `batch` of a database do. What those of a transaction do is in transaction.ts.

import { plainlyRead } from '../protocol/operations.js';
import { nothingDone, type RunResult } from '../protocol/values.js';
import type { Calls } from './calls.js';
import { handOut, type LiveQuery, Watch } from './live-query.js';
import type { News } from './news.js';
import { streamAlone } from './row-stream.js';
import { readBatch, readGiven } from './statements.js';
import { readQueryOptions, readStreamOptions, readWatchOptions, readWorkOptions } from './work-options.js';

/** @param given text, parameters and options, or a fragment and options */
export async function query(calls: Calls, given: readonly unknown[]): Promise<unknown> {
  const { sql, params, options } = readGiven(given);
  const { rows, ...work } = readQueryOptions(options);
  const found = await calls.work(work, plainlyRead([sql]), (within, signal) =>
    calls.tab.request('query', { sql, params, rows, ...within }, { signal }),
  );
  return found ?? (rows === 'array' ? { columns: [], rows: [] } : []);
}

/** @param given as for `query` */
export async function run(calls: Calls, given: readonly unknown[]): Promise<RunResult> {
  const { sql, params, options } = readGiven(given);
  const { key, signal } = readWorkOptions(options);
  const request = { sql, params, key };
  const done =
    signal &&
    (await calls.within({ key, signal }, (transaction, ending) =>
      calls.tab.request('run', { ...request, transaction }, { signal: ending }),
    ));
  if (done) return done;
  // If its key was recorded already, so was the answer.
  return calls.do(signal, (ending) =>
    calls.tab.request('run', { ...request, transaction: undefined }, { signal: ending }),
  );
}

export async function exec(calls: Calls, script: string, options: unknown): Promise<void> {
  await calls.work(readWorkOptions(options), false, (within, signal) =>
    calls.tab.request('exec', { sql: script, ...within }, { signal }),
  );
}

/** @param given as for `query` */
export function stream(calls: Calls, given: readonly unknown[]): AsyncGenerator<unknown, void, undefined> {
  const { sql, params, options } = readGiven(given);
  const { signal, ...shape } = readStreamOptions(options);
  return streamAlone(calls, { sql, params, ...shape }, signal);
}

/** @param given as for `query` */
export function watch(calls: Calls, news: News, given: readonly unknown[]): LiveQuery<unknown> {
  const { sql, params, options } = readGiven(given);
  const { rows, signal, ...listeners } = readWatchOptions(options);
  const live = new Watch(
    (stopping, due) =>
      calls.do(stopping, async (ending) => {
        await due(ending);
        return calls.tab.request('watch', { sql, params, rows }, { signal: ending });
      }),
    news,
    signal,
  );
  if (listeners.onRows) void handOut(live, listeners);
  return live;
}

export async function batch(calls: Calls, items: unknown, options: unknown): Promise<unknown> {
  const statements = readBatch(items);
  const { rows, ...work } = readQueryOptions(options);
  const onlyReads = plainlyRead(statements.map(({ sql }) => sql));
  const done = await calls.work(work, onlyReads, (within, signal) =>
    calls.tab.request('batch', { statements, rows, ...within }, { signal }),
  );
  return done ?? nothingDone(statements.length, rows);
}
