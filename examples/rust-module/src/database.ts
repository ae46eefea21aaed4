import { type OpenOptions, open } from 'wheatear';

/** The name that the database has in this origin. */
export const name = 'weather';

/** What it takes to reach the database: the worker's module has the migrations. */
export const options = {
  worker: () => new Worker(new URL('./database.worker.ts', import.meta.url), { type: 'module' }),
};

/** Opens the database, and brings it up to date: once in a page. */
export function openDatabase(watched: Pick<OpenOptions, 'onProgress' | 'onSuperseded'>) {
  return open(name, { ...options, ...watched });
}
