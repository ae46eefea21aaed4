import { type Kysely, SqliteIntrospector, sql, type TableMetadata } from 'kysely';

/** A column, as SQLite tells of it. Source: https://www.sqlite.org/pragma.html#pragma_table_xinfo */
interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  /** 0: as any other; 1: of a virtual table, and in no `*`; 2 and 3: generated. */
  readonly hidden: number;
}

/** What it tells is the application's: what Wheatear keeps is left out, as Kysely leaves out its own, and what SQLite does. */
export class WheatearIntrospector extends SqliteIntrospector {
  readonly #db: Kysely<unknown>;

  constructor(...[db]: ConstructorParameters<typeof SqliteIntrospector>) {
    super(db);
    this.#db = db;
  }

  override async getTables(...[options]: Parameters<SqliteIntrospector['getTables']>): Promise<TableMetadata[]> {
    const all = await super.getTables(options);
    const { rows: shadows } = await sql<{ name: string }>`SELECT name FROM pragma_table_list
      WHERE schema = 'main' AND type = 'shadow'`.execute(this.#db);
    const { rows: columns } =
      await sql<Column>`SELECT listed.name AS "table", its.name, its.type, its."notnull", its.hidden
      FROM pragma_table_list AS listed, pragma_table_xinfo(listed.name) AS its
      WHERE listed.schema = 'main' ORDER BY its.cid`.execute(this.#db);
    const internal = new Set(shadows.map(({ name }) => name));
    const isShown = (name: string) => !(internal.has(name) || name.startsWith('_wheatear_'));
    const tables = options?.withInternalKyselyTables ? all : all.filter(({ name }) => isShown(name));
    return tables.map((table) => ({
      ...table,
      // Kysely knows of no generated columns, of which nobody gives the value.
      columns: columns
        .filter((column) => column.table === table.name && column.hidden !== 1)
        .map(
          ({ name, type, notnull }) =>
            table.columns.find((known) => known.name === name) ?? {
              name,
              dataType: type,
              isNullable: notnull === 0,
              isAutoIncrementing: false,
              hasDefaultValue: true,
            },
        ),
    }));
  }
}
