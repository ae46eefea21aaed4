/** What an upgrade is doing. Tell them apart by `type`. */
export type Progress = PhaseProgress | StepProgress | StatementProgress | WorkingProgress;

/** A part of the run begins. */
export interface PhaseProgress {
  readonly type: 'phase';
  /**
   * `planning`: reads what is applied; `migrating`: runs the migrations; `checking`: foreign keys and
   * schema; `committing`: makes it durable. A migration with `-- transactional: false` makes several
   * rounds of the last ones.
   */
  readonly phase: 'planning' | 'migrating' | 'checking' | 'committing';
}

/** A migration or a `post-apply` hook begins, or one that was renamed gets its new id in the database. */
export interface StepProgress {
  readonly type: 'step';
  readonly operation: 'apply' | 'rollback' | 'rename' | 'hook';
  /** Id of the migration or hook. */
  readonly migrationId: string;
  /** Which step it is, counted from 1. */
  readonly number: number;
  /** How many steps there are. */
  readonly count: number;
}

/** A statement begins. */
export interface StatementProgress {
  readonly type: 'statement';
  /** Id of the migration or hook. */
  readonly migrationId: string;
  /** Which statement of its file, counted from 1. */
  readonly statement: number;
  /** Line in the file, counted from 1. */
  readonly line: number;
}

/** A statement goes on; told about twenty times a second. */
export interface WorkingProgress {
  readonly type: 'working';
  /** Id of the migration or hook. */
  readonly migrationId: string;
  /** Which statement of its file, counted from 1. */
  readonly statement: number;
  /** Time since the statement began, in milliseconds. */
  readonly elapsedMs: number;
}
