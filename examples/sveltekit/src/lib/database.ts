import migrations from 'virtual:wheatear/migrations';
import { type OpenOptions, open } from 'wheatear';

/** The name that the database has in this origin. */
export const name = 'weather';

/** Opens the database, and brings it up to date. Only a browser can: call it in `onMount`. */
export function openDatabase(watched: Pick<OpenOptions, 'onProgress' | 'onSuperseded' | 'signal'>) {
  return open(name, { migrations, ...watched });
}
