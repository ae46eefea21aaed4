/** One migration that a run applied. */
export interface AppliedMigration {
  /** File name without `.sql`, such as `0002.alter-table`. */
  readonly id: string;
  /** Time its statements took, in milliseconds. */
  readonly durationMs: number;
}

/** What `open` did to the schema. */
export interface Report {
  /** Id of the newest migration before the run; `null` for an empty database. */
  readonly from: string | null;
  /** Id of the newest migration after the run; `null` when none is applied. */
  readonly to: string | null;
  /** What was applied, in order; empty when the database was current. */
  readonly applied: readonly AppliedMigration[];
}

/** A migration as this database stands to it. */
export interface MigrationStatus {
  /** File name without `.sql`. */
  readonly id: string;
  /** `pending`: in the module, not yet in the database. */
  readonly state: 'applied' | 'pending';
  /** When it was applied; `null` while pending. */
  readonly appliedAt: Date | null;
  /** Time its statements took, in milliseconds; `null` while pending. */
  readonly durationMs: number | null;
}
