// What can be done with the migrations of an open database, and what is told of it.

import type { ErrorData } from './errors.js';
import type { MigrateOptions } from './migrate-options.js';
import type { Adopted, Report } from './report.js';

/** Something to be done with migrations, or to be planned or rehearsed. */
export interface MigrationOperation {
  readonly operation: 'apply' | 'rollback' | 'reapply' | 'mark' | 'unmark' | 'baseline' | 'adopt' | 'repair';
  /** Of `rollback` and `reapply`: how many, the id to go back to, or ids of those alone; of `baseline`: an id; of `mark` and `unmark`: ids. */
  readonly on: number | string | readonly string[] | undefined;
  /** As the page opened the database; for `apply`, with what it says instead. */
  readonly options: MigrateOptions;
}

/** What the module is asked: to carry an operation out (`run`), or to tell how it would go. */
export interface OperateRequest extends MigrationOperation {
  readonly mode: 'run' | 'plan' | 'rehearse';
}

/**
 * What a step does with its migration. `adopt` records what another tool has recorded as applied; `hook` runs a `post-apply` file; `rename` records an id that is another one now;
 * `image`, only in the log, that a new database began as one in which the migration was applied.
 */
export type StepOperation =
  | 'apply'
  | 'rollback'
  | 'mark'
  | 'unmark'
  | 'baseline'
  | 'adopt'
  | 'repair'
  | 'rename'
  | 'hook'
  | 'image';

/** One thing that was done with a migration. */
export interface DoneStep {
  readonly operation: StepOperation;
  /** Id of the migration or hook. */
  readonly id: string;
  /** Time its statements took, in milliseconds. */
  readonly durationMs: number;
}

/** What an operation did. */
export interface OperationReport extends Report {
  /** Everything, in order; `applied` and `rolledBack` have a part of it. Empty when there was nothing to do. */
  readonly steps: readonly DoneStep[];
}

/** One thing that would be done with a migration. */
export interface PlannedStep {
  readonly operation: StepOperation;
  /** Id of the migration or hook. */
  readonly id: string;
  /** Of a `rename`: the id that the database has recorded, or `1, 2` where one replaces several; else `null`. */
  readonly was: string | null;
  /** Whether it would be applied although later ones are. */
  readonly late: boolean;
  /** Whether it is part of the one transaction; what is not says `-- transactional: false`. */
  readonly transactional: boolean;
  /** The SQL that would run; `null` if it is code, or only changes the record. */
  readonly sql: string | null;
}

/** What would be done. */
export interface Plan {
  /** Id of the newest migration now; `null` when none is applied. */
  readonly from: string | null;
  /** Id of the newest migration afterwards; `null` when none would be applied. */
  readonly to: string | null;
  /** In order; empty when there is nothing to do. */
  readonly steps: readonly PlannedStep[];
  /** What it would take over from another tool's record, if it looks at one. */
  readonly adopted?: Adopted;
}

/** A rehearsal, as it crosses. */
export interface RehearsalData {
  readonly durationMs: number;
  readonly report: OperationReport | null;
  readonly error: ErrorData | null;
}

/** Something that was done to a database. */
export interface LogEntry {
  readonly operation: StepOperation;
  /** Id of the migration; of a `rename` both, such as `0002.users -> 0003.users`, or `1, 2 -> 3` where one replaces several. */
  readonly id: string;
  /**
   * `done`; or of a migration that runs outside of a transaction: `started`, which means that it was cut short if nothing
   * follows, or `failed`. What fails inside of a transaction leaves no entry.
   */
  readonly outcome: 'done' | 'started' | 'failed';
  readonly at: Date;
  /** Version of Wheatear. */
  readonly libraryVersion: string;
  /** What `open` was given as `appVersion`; `null` if nothing. */
  readonly appVersion: string | null;
}
