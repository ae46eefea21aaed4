import migrations from 'virtual:wheatear/migrations';
import { type OpenOptions, open } from 'wheatear';

/** The name that the database has in this origin. */
export const name = 'weather';

/** Opens the database, and brings it up to date: once in a page. */
export function openDatabase(watched: Pick<OpenOptions, 'onProgress' | 'onSuperseded'>) {
  return open(name, { migrations, ...watched });
}
