import { CompiledQuery, type DatabaseConnection, type Driver } from 'kysely';
import { begin, commit, type KyselyDatabase, rollback, WheatearConnection } from './connection.js';
import type { StreamGuard } from './stream-guard.js';

/**
 * Begins and ends transactions by what the connection is asked to execute, so that Kysely logs it. Settings are not looked
 * at: there is one transaction at a time, which is more than any level of isolation asks for.
 */
export class WheatearDriver implements Driver {
  readonly #given: KyselyDatabase | (() => Promise<KyselyDatabase>);
  readonly #guard: StreamGuard;
  #db: KyselyDatabase | undefined;

  constructor(db: KyselyDatabase | (() => Promise<KyselyDatabase>), guard: StreamGuard) {
    this.#given = db;
    this.#guard = guard;
  }

  async init(): Promise<void> {
    await this.#opened();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return new WheatearConnection(await this.#opened(), this.#guard);
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(begin);
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(commit);
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(rollback);
  }

  async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`savepoint ${quoted(name)}`));
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`rollback to ${quoted(name)}`));
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(`release ${quoted(name)}`));
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    await this.#db?.close();
  }

  /** Kysely calls `init` before anything else, and again if that has failed. */
  async #opened(): Promise<KyselyDatabase> {
    this.#db ??= typeof this.#given === 'function' ? await this.#given() : this.#given;
    return this.#db;
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
