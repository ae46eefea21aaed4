/** A set of which no more is known yet: it is loaded if it is needed. */
export interface AnnouncedSet {
  /** Of all migrations: equal means equal ids and checksums. */
  readonly digest: string;
  readonly migrations?: undefined;
}

/** What tabs tell each other of the migrations that their builds carry. */
export interface MigrationSet {
  /** As of an `AnnouncedSet`. */
  readonly digest: string;
  /** In the order in which they are applied. */
  readonly migrations: readonly MigrationSummary[];
}

export interface MigrationSummary {
  readonly id: string;
  readonly checksum: string;
  /** Checksums of earlier texts that are as good. */
  readonly accepted: readonly string[];
  /**
   * What a database may have recorded instead of it: ids that it had before; with commas between them those of the
   * migrations that it replaces.
   */
  readonly was: readonly string[];
  /** Whether code that does not know this migration may go on using the database. */
  readonly compatible: boolean;
}

/**
 * How a database stands to a build that wants to use it. `current`: it can. `behind`: it lacks migrations of the
 * build. `ahead`: it has one that the build does not know, and that is not compatible. `edited`: it has another text
 * of one of them. The migration that made the difference is named.
 */
export type Relation =
  | { readonly kind: 'current' }
  | { readonly kind: 'behind' | 'ahead' | 'edited'; readonly migrationId: string };

/**
 * How the database of an owner stands to a build in another tab. Pure.
 *
 * @param applied what the owner has applied
 * @param build what the other build carries
 * @param target the last migration that the other build wants; all of them when absent
 */
export function relationOf(
  applied: readonly MigrationSummary[],
  build: Pick<MigrationSet, 'migrations'>,
  target?: string,
): Relation {
  const ids = new Set(applied.map(({ id }) => id));
  // What was renamed is known by its old id until the database has heard of the new one, which the build will tell it.
  const renamed = build.migrations.filter(({ id }) => !ids.has(id));
  const old = renamed.flatMap((migration) => oldIds(migration).map((id) => [id, migration] as const));
  const known = new Map([...old, ...build.migrations.map((migration) => [migration.id, migration] as const)]);
  for (const migration of applied) {
    const { id, checksum, compatible } = migration;
    const own = known.get(id);
    if (!own) {
      // One that it knows by an old id only would be applied again; a database does not record old ids, but the text.
      const isKnownOtherwise =
        oldIds(migration).some((old) => known.has(old)) || renamed.some((other) => other.checksum === checksum);
      if (!compatible || isKnownOtherwise) return { kind: 'ahead', migrationId: id };
    } else if (own.checksum !== checksum && !own.accepted.includes(checksum) && !isReplaced(id, own)) {
      return { kind: 'edited', migrationId: id };
    }
  }
  const lacking = upTo(build.migrations, target).find(({ id }) => !ids.has(id));
  return lacking ? { kind: 'behind', migrationId: lacking.id } : { kind: 'current' };
}

function oldIds({ was }: MigrationSummary): readonly string[] {
  return was.flatMap((ids) => ids.split(','));
}

/** Whether a migration has another one's place, so that their texts say nothing of each other. */
function isReplaced(id: string, by: MigrationSummary): boolean {
  return by.was.some((ids) => ids.includes(',') && ids.split(',').includes(id));
}

/** The migrations that are applied when everything up to a target is. An unknown target means all: `open` refuses it. */
export function upTo(migrations: readonly MigrationSummary[], target?: string): readonly MigrationSummary[] {
  const end = migrations.findIndex(({ id }) => id === target);
  return end < 0 ? migrations : migrations.slice(0, end + 1);
}

/** Whether tabs of a build may go on unchanged once a database has these migrations. */
export function canGoOn(build: MigrationSet, applied: readonly MigrationSummary[]): boolean {
  const known = new Set(build.migrations.map(({ id }) => id));
  const isRenamed = (migration: MigrationSummary) => oldIds(migration).some((id) => known.has(id));
  return applied.every((migration) => known.has(migration.id) || (migration.compatible && !isRenamed(migration)));
}
