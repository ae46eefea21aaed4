import type { CompiledQuery, QueryId, RootOperationNode } from 'kysely';
import { SqliteQueryCompiler } from 'kysely';
import { QueryError } from '../protocol/errors.js';

/**
 * How many steps of promises a loop over rows may take, once it has been given one, until it asks for something: far more
 * than Kysely and its plugins need. All of them are taken before anything else runs in this page.
 */
const steps = 100;

/**
 * While a stream of a transaction is read: notices that its loop asks Kysely for something else. Kysely gives a transaction
 * one connection, which the stream has until it ends, so that the loop would wait for itself.
 */
export class StreamGuard {
  /** How often rows were handed out, or asked for. */
  #turn = 0;
  #isInLoop = false;

  /** Whoever reads the stream has a row, and goes on now. */
  async handedOut(): Promise<void> {
    this.#isInLoop = true;
    const turn = ++this.#turn;
    for (let step = 0; step < steps; step++) await undefined;
    if (turn === this.#turn) this.#isInLoop = false;
  }

  /** The next row is asked for, or none any more. */
  taken(): void {
    this.#turn++;
    this.#isInLoop = false;
  }

  /** @throws {QueryError} `transaction_misuse` */
  requireNoLoop(): void {
    if (!this.#isInLoop) return;
    const message =
      'A loop over the rows of a stream asks for something else, which Kysely lets wait for the end of the stream: in a transaction there is one connection. Read all rows with execute, or end the loop first.';
    throw new QueryError({ code: 'transaction_misuse', message });
  }
}

/** Kysely's own, which sees each query before Kysely lets it wait. */
export class GuardedCompiler extends SqliteQueryCompiler {
  readonly #guard: StreamGuard;

  constructor(guard: StreamGuard) {
    super();
    this.#guard = guard;
  }

  override compileQuery(node: RootOperationNode, queryId: QueryId): CompiledQuery {
    this.#guard.requireNoLoop();
    return super.compileQuery(node, queryId);
  }
}
