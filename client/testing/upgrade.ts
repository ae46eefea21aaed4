import type { Database } from '../page/database.js';
import { invalidOption } from '../page/option-rules.js';
import { type Contents, contentsOf, folded, type LostRows, lostRows } from './contents.js';
import { ended, type InMemoryOptions, openConnection, openInMemory, readOptions } from './in-memory.js';
import { connectionOf, type StoredFile } from './stored-file.js';

/** What `expectUpgrade` takes beside the file. */
export interface UpgradeOptions extends Omit<InMemoryOptions, 'initial'> {
  /** Tables of which rows may be gone afterwards, or which may themselves: such as the file has, or the migrations make. */
  readonly mayLose?: readonly string[] | undefined;
  /** As of `open`, but that a schema which is not what the migrations make is an `error` unless `warn` is said. */
  readonly drift?: InMemoryOptions['drift'];
}

/** An upgrade has done what it must not. */
export class UpgradeFailure extends Error {
  override readonly name = 'UpgradeFailure';
  /** Rows that are gone. */
  readonly lost: readonly LostRows[];
  /** What SQLite finds wrong since: pages, rows that break a rule of their table, references that lead nowhere. */
  readonly damage: readonly string[];

  /** @internal */
  constructor(lost: readonly LostRows[], damage: readonly string[], others: readonly string[] = []) {
    super([...lost.map(describe), ...damage, ...others].join('\n'));
    this.lost = lost;
    this.damage = damage;
  }
}

/**
 * Upgrades a stored database in memory, and expects that it is whole: no row is gone, which it sees by their number, and by
 * primary keys where a table has one; SQLite's integrity check and its check of references find nothing that was not there
 * before; the schema is what the migrations make (`drift`, which is `error` here unless you say otherwise); and opened once
 * more, it has nothing left to do.
 *
 * ```ts
 * await using db = await expectUpgrade('fixtures/2024.sqlite', { migrations });
 * assert.equal(db.report.from, '0003.posts');
 * ```
 *
 * @param from a file, or a database that is open in memory, such as a fixture at an older version
 * @returns the upgraded database, for what else you expect of it
 * @throws {UpgradeFailure} with what was lost
 * @throws as `open`, if the migrations fail
 */
export async function expectUpgrade(from: StoredFile | Database, options: UpgradeOptions = {}): Promise<Database> {
  const { mayLose = [], drift = 'error', ...rest } = options;
  if (!Array.isArray(mayLose) || !mayLose.every((name) => typeof name === 'string')) {
    throw invalidOption('The option mayLose must be an array of names of tables.');
  }
  const settings = { ...rest, drift };
  const ready = await readOptions(settings);
  const connection = await ended(
    connectionOf(typeof from === 'object' && 'export' in from ? await from.export() : from),
  );
  const before = await contentsOf((sql) => connection.query(sql, []));
  const db = await openConnection(ready, connection);
  try {
    const query = (sql: string) => db.query(sql);
    const after = await contentsOf(query);
    const known = new Set(before.damage);
    const mayBeLost = namedTables(mayLose, before, after);
    const lost = (await lostRows(before, after, query)).filter(({ table }) => !mayBeLost.has(folded(table)));
    const damage = after.damage.filter((finding) => !known.has(finding));
    if (lost.length + damage.length > 0) throw new UpgradeFailure(lost, damage);
    const others = await leftToDo(db, settings);
    if (others.length > 0) throw new UpgradeFailure([], [], others);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

/**
 * Tables by their `folded` names.
 *
 * @throws {DefinitionError} `invalid_option` for one that is in none of these databases
 */
function namedTables(names: readonly string[], ...databases: readonly Contents[]): Set<string> {
  const tables = new Map(databases.flatMap(({ tables }) => [...tables]));
  const unknown = names.filter((name) => !tables.has(folded(name)));
  if (unknown.length === 0) return new Set(names.map(folded));
  const known = [...tables.values()].map(({ name }) => name).join(', ');
  throw invalidOption(
    `The option mayLose names ${unknown.join(', ')}, of which nothing is looked at: there are ${known || 'no tables'}.`,
  );
}

/** What opening it once more would do. */
async function leftToDo(db: Database, options: InMemoryOptions): Promise<string[]> {
  const { onProgress: _, ...rest } = options;
  const again = await openInMemory({ ...rest, initial: await db.export() });
  const { applied, rolledBack } = again.report;
  await again.close();
  return [...applied, ...rolledBack].map(({ id }) => `Opened once more, it runs ${id} again.`);
}

function describe({ table, before, after, keys }: LostRows): string {
  const which = keys.length > 0 ? `; gone are ${keys.join('; ')}` : '';
  return `${table} had ${before} rows, and has ${after}${which}.`;
}
