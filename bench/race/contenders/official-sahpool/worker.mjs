import sqlite3InitModule from '@sqlite.org/sqlite-wasm';
import { sqliteOf } from '../shared/official.mjs';
import { serve } from '../shared/serve.mjs';

serve(async () => {
  const sqlite3 = await sqlite3InitModule();
  const pool = await sqlite3.installOpfsSAHPoolVfs();
  return sqliteOf(new pool.OpfsSAHPoolDb('/race.sqlite3'));
});
