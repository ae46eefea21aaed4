import type { DatabaseInfo } from '../protocol/database-info.js';
import { errorFromData, type WheatearError } from '../protocol/errors.js';
import type { Operations, OperationType, SetRequest } from '../protocol/messages.js';
import type { MigrateOptions } from '../protocol/migrate-options.js';
import type { LogEntry, OperationReport, Plan } from '../protocol/migration-operation.js';
import type { MigrationStatus } from '../protocol/report.js';
import type { Storage } from '../protocol/storage-kind.js';
import { isPersisted } from '../storage/persisted.js';
import { roomLeft } from '../storage/room-left.js';
import type { Calls } from './calls.js';
import { LazySource } from './lazy-migrations.js';
import { type BackTo, idsOf, operationOf, type PlanOptions, wayBack } from './migration-arguments.js';
import { migrateOptions, type TabOptions } from './open-options.js';

/** How an operation went on a copy of the database. */
export interface Rehearsal {
  /** Time the run took, in milliseconds; on the database itself, writing it to where it is stored comes on top. */
  readonly durationMs: number;
  /** What the run would report; `null` if it would fail. */
  readonly report: OperationReport | null;
  /** What the run would fail with; `null` if it would not. */
  readonly error: WheatearError | null;
}

/** Typed so that the declarations do not ask for a value of this name, which a server's types may lack. */
const Base: new () => EventTarget = EventTarget;

/**
 * An open database, as far as its migrations go. What is asked here is done by the tab that holds the database, in its turn
 * and while no transaction is open; what changes something is one transaction, all or nothing, unless a migration says
 * `-- transactional: false`. A tab whose migrations are not those of the tab that holds the database is refused with
 * `database_ahead`, except for `status`, `log` and `info`.
 */
export abstract class Migrated extends Base {
  abstract readonly storage: Storage;
  abstract get isOwner(): boolean;
  readonly #calls: Calls;
  readonly #options: MigrateOptions;
  readonly #source: TabOptions['source'];

  /** @internal */
  constructor(calls: Calls, options: TabOptions) {
    super();
    this.#calls = calls;
    this.#options = migrateOptions(options);
    this.#source = options.source;
  }

  /**
   * Every migration that this tab has, in order, and whether and when it was applied here; then those that only the
   * database knows.
   *
   * ```ts
   * for (const { id, state, appliedAt } of await db.status()) console.log(id, state, appliedAt);
   * ```
   */
  status(): Promise<MigrationStatus[]> {
    return this.#askOfSet('status', {});
  }

  /**
   * What `open` would do now, or `rollback` or `reapply`, step by step and with its SQL. Nothing is done.
   *
   * ```ts
   * const { steps } = await db.plan({ rollback: { to: '0001.create' } });
   * console.log(steps.map(({ operation, id, sql }) => `-- ${operation} ${id}\n${sql}`).join('\n'));
   * ```
   *
   * @param options what is other than `open` was told
   * @throws {HistoryError} as what is planned would; `database_ahead` if the tab that holds the database has other migrations.
   * @throws {DefinitionError} `invalid_option`.
   */
  async plan(options: PlanOptions = {}): Promise<Plan> {
    return this.#askOfSet('plan', operationOf(this.#options, options));
  }

  /**
   * Does it on a copy in memory, and tells how it went and how long it took. The database is only read, and the copy takes
   * as much memory as it has bytes.
   *
   * ```ts
   * const { report, error, durationMs } = await db.rehearse({ rollback: 1 });
   * console.log(error ? `would fail: ${error.message}` : `would take ${durationMs} ms`);
   * ```
   *
   * @param options as of `plan`
   * @throws {HistoryError} `database_ahead`, as `plan`.
   * @throws {ApplyError} `statement_failed` if a migration reaches for other files: that is not rehearsed.
   * @throws {DefinitionError} `invalid_option`.
   */
  async rehearse(options: PlanOptions = {}): Promise<Rehearsal> {
    const { error, ...rest } = await this.#askOfSet('rehearse', operationOf(this.#options, options));
    return { ...rest, error: error && errorFromData(error) };
  }

  /**
   * Takes migrations back, the last applied first, with the SQL that the database recorded when it applied them. If one of
   * them has no way back, nothing is done.
   *
   * Every tab goes on with the schema that is there then, and hears of it by a `change` that names every table. It stays
   * until the next `open`, in whichever tab, or until another tab takes over from the one that holds the database: both
   * apply what is pending, unless they were given a `target`.
   *
   * ```ts
   * await db.rollback(1);
   * await db.rollback({ to: '0001.create' }); // which stays
   * await db.rollback({ only: ['0002.alter-table'] });
   * ```
   *
   * @param to how many, or which one stays; `Infinity`: none stays
   * @throws {HistoryError} `irreversible`; `has_dependants`; `unknown_target` if what shall stay is not applied; `database_ahead`.
   * @throws {ApplyError} as `open`.
   * @throws {DefinitionError} `invalid_option`.
   * @throws {ConnectionError} `owner_lost`: the tab that held the database is gone, and whether it still did this is unknown.
   */
  async rollback(to: BackTo): Promise<OperationReport> {
    return this.#operate('rollback', wayBack('rollback', to));
  }

  /**
   * Takes migrations back and applies them again as they are now, in one transaction: for one that is still being written.
   * What rolling back undoes is gone, such as the contents of a column.
   *
   * ```ts
   * const { rolledBack, applied } = await db.reapply(1);
   * ```
   *
   * @param to as of `rollback`
   * @throws as `rollback`
   */
  async reapply(to: BackTo): Promise<OperationReport> {
    return this.#operate('reapply', wayBack('reapply', to));
  }

  /**
   * Records migrations as applied without running them: those of these that are pending, and no others. One that comes
   * before what is not named is applied by the next `open`, late.
   *
   * ```ts
   * await db.mark('0002.alter-table');
   * ```
   *
   * @throws {HistoryError} `unknown_target` if there is no such migration; `database_ahead`.
   * @throws {DefinitionError} `invalid_option`, without an id.
   * @throws {ConnectionError} `owner_lost`, as `rollback`.
   */
  async mark(...ids: [string, ...string[]]): Promise<OperationReport> {
    return this.#operate('mark', idsOf('mark', ids));
  }

  /**
   * Forgets that migrations are applied, without taking them back: the next `open` applies them again.
   *
   * ```ts
   * const { steps } = await db.unmark('0002.alter-table', '0003.index');
   * ```
   *
   * @throws as `mark`
   */
  async unmark(...ids: [string, ...string[]]): Promise<OperationReport> {
    return this.#operate('unmark', idsOf('unmark', ids));
  }

  /**
   * Adopts what something else has made in a database that records no applied migration: records everything up to and with
   * this id as applied, if the database's tables are those which the migrations make. `open` does so at once if it is given
   * the option `baseline`; this is for one that was opened with a `target` or by `unmanaged: 'apply'`.
   *
   * ```ts
   * await db.unmark('0001.create', '0002.alter-table');
   * await db.baseline('0002.alter-table');
   * ```
   *
   * @throws {HistoryError} `already_managed`, `schema_drift`, `unknown_target`, `database_ahead`.
   * @throws {DefinitionError} `invalid_option`.
   * @throws {ConnectionError} `owner_lost`, as `rollback`.
   */
  async baseline(id: string): Promise<OperationReport> {
    return this.#operate('baseline', idsOf('baseline', [id])[0]);
  }

  /**
   * Adopts a database that another tool has migrated: what that tool has recorded as applied is found among these migrations,
   * by id, number, hash or count, and recorded here, if the tables are those which they make. The tool's own tables stay.
   *
   * ```ts
   * const { adopted, to } = await db.adopt();
   * if (adopted) console.log(`${adopted.tool} was at ${to}, found by ${adopted.by}`);
   * ```
   *
   * @throws {HistoryError} `unadoptable` if what is recorded does not fit; `schema_drift` if the tables are others;
   * `already_managed` if applied migrations are recorded; `database_ahead`.
   * @throws {ConnectionError} `owner_lost`, as `rollback`.
   */
  async adopt(): Promise<OperationReport> {
    return this.#operate('adopt', undefined);
  }

  /**
   * Accepts that applied migrations were edited since, or what takes them back: records them as they are now.
   *
   * ```ts
   * const { steps } = await db.repair(); // one for each that was recorded anew
   * ```
   *
   * @throws {HistoryError} `database_ahead`.
   * @throws {ConnectionError} `owner_lost`, as `rollback`.
   */
  async repair(): Promise<OperationReport> {
    return this.#operate('repair', undefined);
  }

  /**
   * Everything that was ever done with migrations here, the oldest first.
   *
   * ```ts
   * for (const { at, operation, id, outcome } of await db.log()) console.log(at, operation, id, outcome);
   * ```
   *
   * @throws {HistoryError} `ledger_corrupt`.
   */
  log(): Promise<LogEntry[]> {
    return this.#ask('log', {});
  }

  /**
   * What there is to know of the database and where it lives, as of now.
   *
   * ```ts
   * const { size, room, sqlite } = await db.info();
   * console.log(`${size} bytes, ${room} more would fit, SQLite ${sqlite.version}`);
   * ```
   */
  async info(): Promise<DatabaseInfo> {
    const [stored, persisted, room] = await Promise.all([this.#ask('info', {}), isPersisted(), roomLeft()]);
    return { ...stored, storage: { ...this.storage, persisted }, isOwner: this.isOwner, room };
  }

  /** Asks something of the tab that holds the database. */
  #ask<Type extends OperationType>(
    type: Type,
    request: Operations[Type]['request'],
  ): Promise<Operations[Type]['response']> {
    return this.#calls.do(undefined, (ending) => this.#calls.tab.request(type, request, { signal: ending }));
  }

  /** The same of its migrations, of which the owner may know no more than the digest, and this tab may have to load them. */
  async #askOfSet<Type extends 'status' | 'operate' | 'plan' | 'rehearse'>(
    type: Type,
    request: Omit<Operations[Type]['request'], keyof SetRequest>,
  ): Promise<Operations[Type]['response']> {
    // What is there already is asked for at once, before what is asked for next.
    const source = this.#source instanceof LazySource ? await this.#source.load() : this.#source;
    return this.#ask(type, { ...request, source } as Operations[Type]['request']);
  }

  #operate(
    operation: Operations['operate']['request']['operation'],
    on: Operations['operate']['request']['on'],
  ): Promise<OperationReport> {
    return this.#askOfSet('operate', { operation, on, options: this.#options });
  }
}
