import { useSyncExternalStore } from 'react';
import type { SqlFragment } from '../page/sql-template.js';
import type { SqlParameters, SqlRow } from '../protocol/values.js';
import { sharedQuery } from './live-query.js';
import { useDatabase } from './provider.js';

/** How a component waits for a query. */
export interface QueryOptions {
  /** Whether it suspends until there are rows, and throws what has failed, for `Suspense` and an error boundary. */
  readonly suspense?: boolean | undefined;
}

/** What is known of a query: all of it changes together. */
export type QueryState<Row> = (
  | { readonly rows: undefined; readonly error: undefined; readonly isPending: true }
  | { readonly rows: readonly Row[]; readonly error: undefined; readonly isPending: false }
  | { readonly rows: undefined; readonly error: unknown; readonly isPending: false }
) & {
  /** Runs it again, for all who use it, if it has failed; else nothing is done. */
  readonly retry: () => void;
};

/** A statement with the values that are bound to it. */
interface Statement {
  readonly sql: string;
  readonly params: SqlParameters;
}

const none: SqlParameters = [];

/**
 * The rows of a query that only reads, now and whenever they may have changed, in whichever tab. Components with the same text
 * and values share one query, and all show the same rows.
 *
 * ```ts
 * const { rows, error, isPending } = useQuery<{ temp_c: number }>('SELECT temp_c FROM weather_node WHERE node_addr = ?', [17]);
 * ```
 */
export function useQuery<Row = SqlRow>(
  sql: string,
  params?: SqlParameters,
  options?: { readonly suspense?: false | undefined },
): QueryState<Row>;
/** The same, suspended until there are rows: `const rows = useQuery('SELECT 1', [], { suspense: true })`. */
export function useQuery<Row = SqlRow>(
  sql: string,
  params: SqlParameters | undefined,
  options: { readonly suspense: true },
): readonly Row[];
/** The same of a fragment, which stands in the place of text and parameters. */
export function useQuery<Row = SqlRow>(
  fragment: SqlFragment<Row>,
  options?: { readonly suspense?: false | undefined },
): QueryState<Row>;
/** The same of a fragment, suspended until there are rows. */
export function useQuery<Row = SqlRow>(
  fragment: SqlFragment<Row>,
  options: { readonly suspense: true },
): readonly Row[];
/** The same of what has a text and its values, such as a fragment of `wheatear/lean`. */
export function useQuery<Row = SqlRow>(
  statement: Statement,
  options?: { readonly suspense?: false | undefined },
): QueryState<Row>;
/** The same, suspended until there are rows. */
export function useQuery<Row = SqlRow>(statement: Statement, options: { readonly suspense: true }): readonly Row[];
export function useQuery(
  text: string | Statement,
  second?: SqlParameters | QueryOptions,
  third?: QueryOptions,
): unknown {
  const [sql, params, options] =
    typeof text === 'string'
      ? [text, (second as SqlParameters | undefined) ?? none, third]
      : [text.sql, text.params, second as QueryOptions | undefined];
  const query = sharedQuery(useDatabase(), sql, params);
  const known = useSyncExternalStore(query.subscribe, query.known, query.known);
  return options?.suspense ? query.rows() : known;
}
