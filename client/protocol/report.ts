/** One migration that a run took back. */
export interface RolledBackMigration {
  /** File name without `.sql`, such as `0002.alter-table`. */
  readonly id: string;
  /** Time its statements took, in milliseconds. */
  readonly durationMs: number;
}

/** One migration that a run applied. */
export interface AppliedMigration extends RolledBackMigration {
  /** Whether it was applied although later ones had been before. */
  readonly late: boolean;
}

/** Something that is not as it should be, and did not stop the run. */
export interface Warning {
  /**
   * `orphaned_rows`: rows lack their parent row, and did so before the run. `ran_again`: a migration that runs
   * outside of a transaction was cut short in an earlier run, and ran again from its beginning.
   * `schema_drift`: the schema is not what the migrations make, because something else has changed it.
   */
  readonly kind: 'orphaned_rows' | 'ran_again' | 'schema_drift';
  /** Which rows, or which tables, indexes, triggers and views; for developers. */
  readonly message: string;
}

/** What was found in the record that another tool keeps of its migrations. */
export interface Adopted {
  /** Whose it is, such as `Drizzle`; `user_version` if that is all there is. */
  readonly tool: string;
  /**
   * By what its rows were found among these migrations: the `hash` of the text, the name, which is the `id`, the `number`
   * that the id begins with, or the `count`, in the order of the migrations. Of several, the one that says the least.
   */
  readonly by: 'hash' | 'id' | 'number' | 'count';
  /** How many migrations it has recorded as applied: the first ones. */
  readonly count: number;
}

/** What `open` did to the schema. */
export interface Report {
  /** Id of the newest migration before the run, or of the last one adopted; `null` for an empty database. */
  readonly from: string | null;
  /** Id of the newest migration after the run; `null` when none is applied. */
  readonly to: string | null;
  /** What was applied, in order; empty when the database was current. */
  readonly applied: readonly AppliedMigration[];
  /** What was taken back, in order, before anything was applied: only with `ahead: 'rollback'`. */
  readonly rolledBack: readonly RolledBackMigration[];
  /** What was taken over from another tool's record, if one was looked at. */
  readonly adopted?: Adopted;
  /** Empty when nothing was done: a run that has nothing to do looks at nothing. */
  readonly warnings: readonly Warning[];
}

/** A migration as this database stands to it. */
export interface MigrationStatus {
  /** File name without `.sql`. */
  readonly id: string;
  /**
   * | state | in the module | in the database |
   * | --- | --- | --- |
   * | `pending` | yes | no |
   * | `late` | yes | no, although later ones are |
   * | `partly_replaced` | yes | no, but some of those that it replaces: `apply` rejects with `partly_replaced` |
   * | `applied` | yes | yes |
   * | `edited` | yes | yes, with another text |
   * | `unknown` | no | yes |
   */
  readonly state: 'pending' | 'late' | 'partly_replaced' | 'applied' | 'edited' | 'unknown';
  /** When it was applied; `null` if it is not. */
  readonly appliedAt: Date | null;
  /** Time its statements took, in milliseconds; `null` if it is not applied. */
  readonly durationMs: number | null;
}
