import {
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type QueryCompiler,
  SqliteAdapter,
} from 'kysely';
import type { KyselyDatabase } from './connection.js';
import { WheatearDriver } from './driver.js';
import { WheatearIntrospector } from './introspector.js';
import { GuardedCompiler, StreamGuard } from './stream-guard.js';

export type { KyselyDatabase } from './connection.js';

/**
 * Runs Kysely on an open database, whichever tab has it.
 *
 * ```ts
 * const db = await open('weather', { migrations });
 * const kysely = new Kysely<Tables>({ dialect: new WheatearDialect(db) });
 * ```
 *
 * `destroy()` of Kysely closes the database, as it does with the dialects that Kysely has itself.
 */
export class WheatearDialect implements Dialect {
  readonly #db: KyselyDatabase | (() => Promise<KyselyDatabase>);
  readonly #guard = new StreamGuard();

  /**
   * @param db what `open` has given, which can be used beside Kysely, too; or a function that opens it, called when Kysely is
   *   first asked for something
   */
  constructor(db: KyselyDatabase | (() => Promise<KyselyDatabase>)) {
    this.#db = db;
  }

  createDriver(): Driver {
    return new WheatearDriver(this.#db, this.#guard);
  }

  createQueryCompiler(): QueryCompiler {
    return new GuardedCompiler(this.#guard);
  }

  createAdapter(): DialectAdapter {
    return new Adapter();
  }

  createIntrospector(...[db]: Parameters<Dialect['createIntrospector']>): DatabaseIntrospector {
    return new WheatearIntrospector(db);
  }
}

class Adapter extends SqliteAdapter {
  /** The database itself decides whose turn it is, among all tabs. Kysely would let a mistake wait for ever. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }

  /** So the migrator of Kysely does its work in one transaction, which is the only one then. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
