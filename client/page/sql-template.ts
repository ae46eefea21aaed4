import type { SqlParameter, SqlRow } from '../protocol/values.js';
import { classOf, kindOf } from './kind-of.js';
import type { Queries } from './named-queries.js';
import { invalidValue, reasonAgainst } from './parameters.js';

/**
 * A statement, or a part of one, with the values that are bound to it: what the tag `sql` makes. It never changes, and can
 * be used any number of times. `Row` says what rows it gives, as in `query`.
 */
export class SqlFragment<Row = SqlRow> {
  /** There for types only. */
  protected declare readonly row?: Row;
  /** The text, with a `?` for each value. */
  readonly sql: string;
  /** The values, in order. */
  readonly params: readonly SqlParameter[];

  /** @internal Use `sql`. */
  constructor(sql: string, params: readonly SqlParameter[]) {
    this.sql = sql;
    this.params = Object.freeze(params);
  }

  get [Symbol.toStringTag](): string {
    return 'SqlFragment';
  }
}

/** By its name, which nothing that was parsed can have: that of `wheatear/lean` is of another class, and as good. */
export function isFragment(value: unknown): value is SqlFragment<unknown> {
  return classOf(value) === 'SqlFragment';
}

/** What may stand between the braces of a template: a value, which is bound, or a fragment, which becomes a part of it. */
export type SqlTemplateValue = SqlParameter | SqlFragment<unknown>;

/** Whether no types of queries are generated. */
type NoQueries = keyof Queries extends never ? true : false;

/** What a query has. As the interface is empty here, the compiler does not know it. */
type Query<Name extends keyof Queries> = Queries[Name] extends { row: unknown; values: readonly unknown[] }
  ? Queries[Name]
  : never;

/** What `sql` is by the names of queries: a tag that makes fragments. */
type NamedFragments = NoQueries extends true
  ? { readonly [name: string]: <Row = SqlRow>(...template: SqlTemplate) => SqlFragment<Row> }
  : {
      readonly [Name in keyof Queries]: (
        strings: TemplateStringsArray,
        ...values: Query<Name>['values']
      ) => SqlFragment<Query<Name>['row']>;
    };

/** What `db.sql` is by the names of queries: a tag that gives rows. */
type NamedRows = NoQueries extends true
  ? { readonly [name: string]: <Row = SqlRow>(...template: SqlTemplate) => Promise<Row[]> }
  : {
      readonly [Name in keyof Queries]: (
        strings: TemplateStringsArray,
        ...values: Query<Name>['values']
      ) => Promise<Query<Name>['row'][]>;
    };

/** What a tag is called with. */
type SqlTemplate = [strings: TemplateStringsArray, ...values: SqlTemplateValue[]];

/** The tag of templates that are SQL: {@link sql}. By the name of a query it is the same, with types of its own. */
export type SqlTag = SqlFragmentTag & NamedFragments;

/** The same without names. */
interface SqlFragmentTag {
  <Row = SqlRow>(strings: TemplateStringsArray, ...values: SqlTemplateValue[]): SqlFragment<Row>;
  /**
   * A name of a table, column or the like, in quotes as SQLite wants them; several names are joined by dots. For names
   * that are not known when the template is written. A column in quotes that does not exist SQLite may take for a string.
   *
   * ```ts
   * sql`SELECT ${sql.id('temp_c')} FROM ${sql.id('main', 'weather_node')}` // SELECT "temp_c" FROM "main"."weather_node"
   * ```
   *
   * @throws {QueryError} `invalid_value`, unless each is a string that is not empty
   */
  id(...names: [string, ...string[]]): SqlFragment;
}

/** A tag that runs what its template says: `db.sql`. By the name of a query it is the same, with types of its own. */
export type SqlQueryTag = SqlRowsTag & NamedRows;

/** The same without names. */
interface SqlRowsTag extends Pick<SqlFragmentTag, 'id'> {
  <Row = SqlRow>(strings: TemplateStringsArray, ...values: SqlTemplateValue[]): Promise<Row[]>;
}

/**
 * Makes a fragment of a template. Values in it are bound as parameters, and never become a part of the text; other
 * fragments do. What is written in the template itself is SQL as it stands, but `\` is JavaScript's there.
 *
 * ```ts
 * import { sql } from 'wheatear';
 *
 * const warm = sql`temp_c > ${20}`;
 * const rows = await db.query(sql`SELECT * FROM weather_node WHERE ${warm} AND node_addr = ${17}`);
 * ```
 *
 * For a list of values there is `json_each`:
 * ``sql`node_addr IN (SELECT value FROM json_each(${JSON.stringify([17, 18])}))` ``.
 *
 * @throws {QueryError} `invalid_value` for a value that SQLite cannot hold, with what to pass instead.
 */
export const sql: SqlTag = /* @__PURE__ */ named(fragmentOf) as SqlTag;

/** The tag that runs what its template says, by `query`. */
export function queryTag(query: (fragment: SqlFragment) => Promise<SqlRow[]>): SqlQueryTag {
  const tag = async (strings: TemplateStringsArray, ...values: SqlTemplateValue[]) => query(sql(strings, ...values));
  // Which kind of rows it gives, only its caller knows.
  return named(tag) as unknown as SqlQueryTag;
}

/** A tag that is itself by every other name, too: `sql.warmNodes` is for those who check queries and give them types. */
function named<Tag extends object>(tag: Tag): Tag & { id: typeof id } {
  return new Proxy(Object.assign(tag, { id }), {
    // What is awaited, or made JSON, is asked for these.
    get: (target, name) =>
      typeof name === 'symbol' || name in target || name === 'then' || name === 'toJSON'
        ? Reflect.get(target, name)
        : target,
  });
}

function fragmentOf<Row>(strings: TemplateStringsArray, ...values: SqlTemplateValue[]): SqlFragment<Row> {
  if (!Array.isArray(strings?.raw)) {
    throw invalidValue(
      `sql is the tag of a template, sql\`SELECT …\`; it takes no ${kindOf(strings)}. Text goes to query.`,
    );
  }
  const params: SqlParameter[] = [];
  let text = '';
  for (const [index, string] of strings.entries()) {
    if (string === undefined)
      throw invalidValue('The template has a \\ that begins nothing in JavaScript; write \\\\.');
    text = joined(text, string);
    // Behind the last string there is no value.
    if (index === values.length) break;
    const value = values[index];
    if (isFragment(value)) {
      text = joined(text, value.sql);
      params.push(...value.params);
    } else {
      const reason = reasonAgainst(value);
      const place = `The value ${index + 1} of the template, behind ${JSON.stringify(string.slice(-40))},`;
      if (reason) throw invalidValue(`${place} cannot be stored: ${reason}.`);
      text += '?';
      params.push(value as SqlParameter);
    }
  }
  return new SqlFragment(text, params);
}

/** Two parts, which must not become one token: `?` and a digit, or two names in quotes. */
function joined(before: string, after: string): string {
  const isOne = (before.endsWith('?') && /^\d/.test(after)) || (before.endsWith('"') && after.startsWith('"'));
  return before + (isOne ? ' ' : '') + after;
}

function id(...names: [string, ...string[]]): SqlFragment {
  if (names.length === 0) throw invalidValue('sql.id takes one name at least.');
  const quoted = names.map((name: unknown) => {
    if (typeof name === 'string' && name !== '') return `"${name.replaceAll('"', '""')}"`;
    throw invalidValue(`sql.id takes names that are strings and not empty, not ${kindOf(name)}.`);
  });
  return new SqlFragment(quoted.join('.'), []);
}
