import sqlite3InitModule from '@sqlite.org/sqlite-wasm';
import { sqliteOf } from '../shared/official.mjs';
import { serve } from '../shared/serve.mjs';

serve(async () => {
  const sqlite3 = await sqlite3InitModule();
  return sqliteOf(new sqlite3.oo1.OpfsWlDb('/race.sqlite3'));
});
