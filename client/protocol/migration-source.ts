/**
 * A migration in SQL that is no file: one element of the option `migrations`, where that is an array. Its fields are what
 * headers say in a file (`-- depends: …`), and headers in `up` count beside them.
 */
export interface SqlMigration {
  /** Its id, such as `0002.nodes`; in the same order as the names of files. */
  readonly id: string;
  /** The SQL that applies it. */
  readonly up: string;
  /** The SQL that takes it back. */
  readonly down?: string | undefined;
  /** Ids of the migrations that must be applied before it. */
  readonly depends?: readonly string[] | undefined;
  /** Ids under which databases may have recorded it, because it had them before. */
  readonly was?: readonly string[] | undefined;
  /** Whether it runs in a transaction, as it does unless this is `false`. */
  readonly transactional?: boolean | undefined;
  /** Whether foreign keys are enforced while it runs; by default they are not. */
  readonly foreignKeys?: boolean | undefined;
  /** Whether builds of the page that do not know it may go on using the database; by default they may not. */
  readonly compatible?: boolean | undefined;
  /** Checksums of earlier texts of it, each of 64 hexadecimal digits: databases that applied those need not do so again. */
  readonly acceptedChecksums?: readonly string[] | undefined;
}

/** Where a worker gets its migrations from, if not from its own module. */
export interface MigrationSource {
  /** Paths of files, and what is in each; `undefined`: they are no files. */
  readonly files?: readonly (readonly [path: string, text: string])[];
  readonly sql?: readonly SqlMigration[];
  /** Whether to run the set on a database in memory first, to know the schema that it makes. */
  readonly tryOut: boolean;
}
