/**
 * A value as SQLite stores it.
 *
 * INTEGER arrives as `number` up to 2^53 - 1 and as `bigint` beyond, so no digit is lost;
 * REAL as `number`, TEXT as `string`, BLOB as `Uint8Array`, NULL as `null`.
 * Source: https://www.sqlite.org/datatype3.html
 */
export type SqlValue = null | number | bigint | string | Uint8Array;

/**
 * A value that can be bound to a parameter: every {@link SqlValue}, and `boolean`, which SQLite
 * keeps as 0 or 1. A `number` without a fraction, up to 2^53 - 1, is bound as
 * INTEGER, any other as REAL. NaN is refused: SQLite would turn it into NULL.
 */
export type SqlParameter = SqlValue | boolean;

/**
 * Values for a statement's parameters: a list for `?` and `?1`, or an object for `:name`, `@name`
 * and `$name`, its keys with or without that first character.
 */
export type SqlParameters = readonly SqlParameter[] | Readonly<Record<string, SqlParameter>>;

/**
 * A row: one property per column. Of columns with the same name the last one counts, so name them
 * apart with AS.
 */
export type SqlRow = Record<string, SqlValue>;
