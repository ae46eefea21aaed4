// A transaction that never gets to its end.

import { open } from '/package/index.js';
import { workerOptions } from './worker-options.mjs';

/** Commits one row, then leaves a transaction open whose rows have reached the disk already. */
export async function leaveTransactionOpen(/** @type {string} */ name) {
  const database = await open(name, workerOptions);
  await database.exec("CREATE TABLE kept (text); INSERT INTO kept VALUES ('committed')");
  // Without room in memory SQLite writes changed pages before the commit.
  await database.query('PRAGMA cache_size = 5');
  await new Promise((resolve, reject) => {
    const never = database.transaction(async (transaction) => {
      await transaction.query("UPDATE kept SET text = 'changed'");
      for (let row = 0; row < 100; row++) {
        await transaction.query("INSERT INTO kept VALUES (printf('%.*c', 10000, 'u'))");
      }
      resolve(undefined);
      return new Promise(() => {});
    });
    never.catch(reject);
  });
}

/** What a new connection finds. */
export async function find(/** @type {string} */ name) {
  const database = await open(name, workerOptions);
  const texts = (await database.query('SELECT text FROM kept')).map((row) => row.text);
  const [check] = await database.query('PRAGMA integrity_check');
  await database.close();
  return { texts, integrity: check?.integrity_check };
}
