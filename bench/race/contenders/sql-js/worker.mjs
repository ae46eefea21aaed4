// sql.js holds the database in memory, and so whoever uses it stores all of its file after each change.

import initSqlJs from 'sql.js';
import wasm from 'sql.js/dist/sql-wasm-browser.wasm?url';
import { serve } from '../shared/serve.mjs';
import { load, save } from './store.mjs';

serve(async () => {
  const SQL = await initSqlJs({ locateFile: () => wasm });
  const db = new SQL.Database(await load());
  const state = () => String(db.exec('SELECT total_changes(), schema_version FROM pragma_schema_version')[0].values);
  let saved = state();
  return {
    exec: (sql) => void db.exec(sql),
    query(sql, params) {
      const statement = db.prepare(sql, params);
      const rows = [];
      while (statement.step()) rows.push(statement.getAsObject());
      statement.free();
      return rows;
    },
    async save() {
      if (state() === saved) return;
      await save(db.export());
      saved = state();
    },
  };
});
