import { type OpenOptions, open } from 'wheatear';

/** The name that the database has in this origin. */
export const name = 'weather';

/** Opens the database, and brings it up to date: once in a page. The worker's module has the migrations. */
export function openDatabase(watched: Pick<OpenOptions, 'onProgress' | 'onSuperseded'>) {
  const worker = () => new Worker(new URL('./database.worker.ts', import.meta.url), { type: 'module' });
  return open(name, { worker, ...watched });
}
