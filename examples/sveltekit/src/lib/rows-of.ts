import { readable } from 'svelte/store';
import type { Database, SqlFragment } from 'wheatear';

/** A store of the rows of a query: now, and whenever a tab has changed what it reads. */
export function rowsOf<Row>(db: Database, query: SqlFragment<Row>) {
  return readable<Row[]>([], (set) => {
    const live = db.watch(query, set);
    return () => live.stop();
  });
}
