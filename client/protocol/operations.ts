// What an operation is, beside what is said for it: one row for each. The worker's dispatcher, the page's end of the
// wire, and whoever asks again go by it.

import type { TransactionId } from './ids.js';
import type { Operations, OperationType, Request, StatementRequest, StoredAt } from './messages.js';
import type { Transferred } from './web-types.js';

/** When a request has its turn. */
type Turn =
  /** At once, whatever the worker is at: what the page says meanwhile, and what it needs to know at once. */
  | 'at once'
  /** In the order in which requests come, even while a transaction is open. Needs the module, and no open database. */
  | 'in order'
  /** In that order, while no transaction is open. */
  | 'queued'
  /** As `queued`, and from then on a transaction is open. */
  | 'begins'
  /** Within the transaction that it names; as `queued` if it names none. */
  | 'inside'
  /** Within the transaction that it names, which it ends. */
  | 'ends'
  /** As `queued`, once the transaction is rolled back that its tab has left open. */
  | 'leaves';

interface Row<Asked> {
  readonly turn: Turn;
  /**
   * When it does no harm to do it twice, should the worker that was asked end before it answers; absent: always. `named`:
   * it has a key, or belongs to a transaction, which ends with that worker. `reading`: so too if it only reads.
   */
  readonly repeatable?: 'never' | 'named' | 'reading';
  /** Whether tables may have changed when it is done. */
  readonly changes?: true;
  /** What of it is handed over to the worker, and not copied. */
  readonly transfers?: (asked: Asked) => Transferred[];
}

export const operations: { readonly [Type in OperationType]: Row<Operations[Type]['request']> } = {
  describe: { turn: 'in order' },
  probe: { turn: 'at once' },
  open: { turn: 'in order', transfers: wayToStore },
  status: { turn: 'queued' },
  // The next owner has applied what this one has taken back.
  operate: { turn: 'queued', repeatable: 'never', changes: true },
  plan: { turn: 'queued' },
  rehearse: { turn: 'queued' },
  log: { turn: 'queued' },
  info: { turn: 'queued' },
  holds: { turn: 'in order' },
  query: { turn: 'inside', repeatable: 'reading', changes: true },
  run: { turn: 'inside', repeatable: 'reading', changes: true },
  batch: { turn: 'inside', repeatable: 'reading', changes: true },
  exec: { turn: 'inside', repeatable: 'named', changes: true },
  // It is never done: while it is asked, its tab is told of calls.
  define: { turn: 'at once' },
  begin: { turn: 'begins' },
  fetch: { turn: 'inside' },
  closeCursor: { turn: 'inside' },
  watch: { turn: 'queued' },
  commit: { turn: 'ends', repeatable: 'never', changes: true },
  rollback: { turn: 'ends' },
  close: { turn: 'in order' },
  cancel: { turn: 'at once' },
  goOn: { turn: 'at once' },
  leave: { turn: 'leaves' },
  release: { turn: 'at once' },
  export: { turn: 'queued' },
  exportFile: { turn: 'in order' },
  import: { turn: 'in order', transfers: wayToStore },
};

function wayToStore({ store }: StoredAt): Transferred[] {
  return store ? [store.port] : [];
}

/** What of a request is handed over to the worker, and not copied. */
export function transfersOf(request: Request): Transferred[] {
  // Each row takes the request of its own type, which TypeScript cannot follow here.
  const { transfers } = operations[request.type] as Row<Request>;
  return transfers?.(request) ?? [];
}

/** The transaction that a request belongs to. */
export function transactionOf(request: Request): TransactionId | undefined {
  return 'transaction' in request ? request.transaction : undefined;
}

/** The SQL that a request runs, statement by statement; or a script. */
export function textsOf(request: Request): readonly string[] {
  if ('statements' in request) return request.statements.map(({ sql }) => sql);
  return 'sql' in request ? [request.sql] : [];
}

/**
 * Whether it does no harm to do this twice, should the worker that was asked end before it answers.
 *
 * @param onlyReads says whether statements do: the page by what is plain to see, the worker by asking SQLite
 */
export function isRepeatable<Answer>(
  request: Request,
  onlyReads: (texts: readonly string[]) => Answer,
): Answer | boolean {
  const { repeatable } = operations[request.type];
  if (!repeatable) return true;
  if (repeatable === 'never') return false;
  // Of what is no statement, these are undefined.
  const { transaction, key } = request as Partial<StatementRequest>;
  if (transaction !== undefined || key !== undefined) return true;
  return repeatable === 'reading' && onlyReads(textsOf(request));
}

/** Statements that cannot write anything; there are more, but of these it is plain to see. */
const reading = /^\s*(SELECT|VALUES)\b|^\s*WITH\b(?!.*\b(INSERT|UPDATE|DELETE|REPLACE)\b)/is;

/** Whether it is plain to see that statements only read. */
export function plainlyRead(texts: readonly string[]): boolean {
  return texts.every((sql) => reading.test(sql));
}
