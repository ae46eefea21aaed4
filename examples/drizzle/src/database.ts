import migrations from 'virtual:wheatear/migrations';
import { type OpenOptions, open } from 'wheatear';
import { drizzle } from 'wheatear/drizzle';
import * as schema from './schema';

/** The name that the database has in this origin. */
export const name = 'weather';

/** Opens the database, and brings it up to date: once in a page. `orm.$client` is the database itself. */
export async function openDatabase(watched: Pick<OpenOptions, 'onProgress' | 'onSuperseded'>) {
  const db = await open(name, { migrations, ...watched });
  return { db, orm: drizzle(db, { schema }) };
}

export type Orm = Awaited<ReturnType<typeof openDatabase>>['orm'];
