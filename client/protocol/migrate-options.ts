/** How to bring the schema up to date: what crosses to the worker. */
export interface MigrateOptions {
  /** Apply migrations up to and with this id only; all of them when absent. */
  readonly target?: string | undefined;
  /**
   * What to do about applied migrations whose text is another one now: reject with `edited`, which is the default, or
   * `reapply`: take back everything from the first edited one on, with the SQL that the database has recorded, and apply
   * it anew. Rows of other tables are kept, those of what these migrations made are gone, so this is for a migration that
   * is still being written. One of them that has no way back is `irreversible`.
   */
  readonly edited?: 'error' | 'reapply' | undefined;
  /**
   * What to do about migrations that are pending although later ones are applied, as after a merge:
   * `apply` them and say so in the report, which is the default, or reject with `late`.
   */
  readonly late?: 'apply' | 'error' | undefined;
  /**
   * What to do about a database that a newer build has upgraded, as after a deploy was rolled back:
   * reject with `database_ahead`, which is the default, or take it back with the SQL that the newer build
   * left in it. What `rollback` undoes is gone, such as the contents of a column that the newer build
   * added. Migrations marked `-- compatible: true` are no reason for either.
   */
  readonly ahead?: 'error' | 'rollback' | undefined;
  /**
   * What to do if the schema is not what the migrations make once all of them are applied: add a warning
   * to the report, which is the default, or undo the run and reject with `schema_drift`.
   */
  readonly drift?: 'warn' | 'error' | undefined;
  /**
   * What to do about a database that records no applied migration, and that something else has made: it has tables which
   * these migrations make, or the record of another tool. Reject with `unmanaged`, which is the default, or `apply` all of
   * them to it, as to an empty one. With `adopt` or a `baseline`, that holds.
   */
  readonly unmanaged?: 'error' | 'apply' | undefined;
  /**
   * Adopts such a database instead: everything up to and with this id is recorded as applied, if the database's tables are
   * those which these migrations make (else `schema_drift`), and what comes after is applied, all in one transaction. Means
   * nothing to a database that records applied migrations, or has no tables, so it can stay in the page for good.
   */
  readonly baseline?: string | undefined;
  /**
   * Adopts a database that another tool has migrated (yoyo, Drizzle, Kysely, Prisma, sqlx, refinery, diesel, golang-migrate,
   * dbmate, goose, Flyway, Knex and more): what that tool has recorded is found among these migrations and recorded as
   * applied, and what comes after is applied, all in one transaction; `report.adopted` tells how it was found. What does not
   * fit is `unadoptable`, or `schema_drift`, and nothing is done. The tool's own tables stay. Means nothing to a database
   * that records applied migrations, or has no tables, so it can stay in the page for good. With a `baseline`, that holds.
   */
  readonly adopt?: 'auto' | undefined;
  /** Version of the application, for the log that the database keeps of its upgrades. */
  readonly appVersion?: string | undefined;
}
