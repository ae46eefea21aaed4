import { ConnectionError } from '../protocol/errors.js';
import type { FetchRequest } from '../protocol/messages.js';
import type { Calls } from './calls.js';
import { rowsOf } from './row-parts.js';

/** What a stream asks for again and again, in the transaction that it is in. */
export type PartRequest = Omit<FetchRequest, 'transaction' | 'cursor'>;

/** What is said of a stream that has lost its transaction. */
const losses: Readonly<Record<string, string>> = {
  owner_lost: 'The tab that held the database is gone, and this stream ends before its last row. Begin it again.',
  timeout:
    'Nobody took rows of this stream for 5 s while others waited for the database, so that it ends before its last row. Take them faster, or all of them at once, with query.',
};

/** The rows of a statement, in a transaction of its own, which nothing of is kept. */
export async function* streamAlone(
  calls: Calls,
  request: PartRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<unknown, void, undefined> {
  const { tab } = calls;
  // Without a key there always is one.
  const transaction = await calls.do(signal, (ending) => tab.request('begin', { key: undefined }, { signal: ending }));
  if (transaction === null) return;
  const fetch = () =>
    calls.do(signal, (ending) => tab.request('fetch', { ...request, transaction, cursor: 0 }, { signal: ending }));
  const free = () => void tab.request('rollback', { transaction }).catch(() => {});
  yield* rowsOf(() => fetch().catch(tellLoss), free, signal);
}

function tellLoss(error: unknown): never {
  if (!(error instanceof ConnectionError)) throw error;
  const { code } = error;
  const message = losses[code];
  throw message === undefined ? error : new ConnectionError({ code, message }, { cause: error });
}
