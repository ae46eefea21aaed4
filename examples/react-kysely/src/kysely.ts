import { type Compilable, Kysely } from 'kysely';
import { useMemo } from 'react';
import type { SqlParameter } from 'wheatear';
import { WheatearDialect } from 'wheatear/kysely';
import { useDatabase, useQuery } from 'wheatear/react';
import type { Database } from './schema';

/** Kysely for the database of the provider, with the tables that the migrations make. */
export function useKysely() {
  const db = useDatabase();
  return useMemo(() => new Kysely<Database>({ dialect: new WheatearDialect(db) }), [db]);
}

/** The rows of a query that Kysely has made: now, and whenever a tab has changed what it reads. */
export function useLive<Row>(query: Compilable<Row>) {
  const { sql, parameters } = query.compile();
  return useQuery<Row>(sql, parameters as SqlParameter[]);
}
