// What transactions inside of others ask of the one that is open in the database.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTransaction } from '../../dist/package/page/transaction.js';

/** @typedef {import('../../dist/package/page/transaction.js').Ask} Ask */

/** A transaction, and the SQL that was asked of it; `refuses` tells what fails. */
function opened(/** @type {RegExp} */ refuses = /^$/) {
  /** @type {string[]} */
  const asked = [];
  const send = async (/** @type {string} */ _, /** @type {{ sql?: string }} */ { sql = '' }) => {
    // Names of savepoints go up from test to test.
    asked.push(sql.replace(/(?<=_)\d+$/, 'N'));
    if (refuses.test(sql)) throw new Error(`refused: ${sql}`);
  };
  return { asked, transaction: openTransaction(/** @type {any} */ (send)) };
}

const [begin, end] = ['SAVEPOINT _wheatear_inside_N', 'RELEASE _wheatear_inside_N'];
const undo = `ROLLBACK TO _wheatear_inside_N`;
const misuse = (/** @type {RegExp} */ message) => ({ name: 'QueryError', code: 'transaction_misuse', message });

test('one inside is a savepoint around what it does, and gives what its function gives', async () => {
  const { asked, transaction } = opened();
  const result = await transaction.transaction(async (inner) => {
    await inner.exec('DELETE FROM log');
    return 'its result';
  });
  assert.equal(result, 'its result');
  assert.deepEqual(asked, [begin, 'DELETE FROM log', end]);
});

test('one that fails is undone, then its savepoint ends, and what failed comes out, the very same', async () => {
  const { asked, transaction } = opened();
  const thrown = new Error('changed my mind');
  const inside = transaction.transaction(async () => {
    throw thrown;
  });
  await assert.rejects(inside, (error) => error === thrown);
  assert.deepEqual(asked, [begin, undo, end]);
  await transaction.exec('DELETE FROM log');
});

test('what failed comes out, though it cannot be undone any more', async () => {
  const { asked, transaction } = opened(/ROLLBACK|RELEASE/);
  const inside = transaction.transaction(() => {
    throw new Error('at once');
  });
  await assert.rejects(inside, /at once/);
  assert.deepEqual(asked, [begin, undo]);
  await assert.rejects(
    transaction.transaction(async () => 'done'),
    /refused: RELEASE/,
  );
});

test('one that cannot begin calls nothing', async () => {
  const { transaction } = opened(/SAVEPOINT/);
  const inside = transaction.transaction(() => assert.fail('it was called'));
  await assert.rejects(inside, /refused: SAVEPOINT/);
});

test('each has a name of its own', async () => {
  /** @type {string[]} */
  const names = [];
  const send = async (/** @type {string} */ _, /** @type {{ sql: string }} */ { sql }) => {
    if (sql.startsWith('SAVEPOINT')) names.push(sql);
  };
  const transaction = openTransaction(/** @type {any} */ (send));
  for (let time = 0; time < 2; time++) {
    await transaction.transaction((inner) => inner.transaction((innermost) => innermost.transaction(async () => {})));
  }
  assert.equal(new Set(names).size, 6);
});

test('while one inside is open, the one around it is refused, and another one inside of that', async () => {
  const { asked, transaction } = opened();
  const first = transaction.transaction(async (inner) => {
    await assert.rejects(transaction.exec('DELETE FROM log'), misuse(/inside of this one is open/));
    await inner.exec('SELECT 1');
  });
  await assert.rejects(
    transaction.transaction(async () => {}),
    misuse(/inside of this one is open/),
  );
  await first;
  assert.deepEqual(asked, [begin, 'SELECT 1', end]);
});

test('one that has ended is refused, and so is all that was inside of it', async () => {
  const { asked, transaction } = opened();
  /** @type {Promise<unknown>[]} */
  const left = [];
  await transaction.transaction(async (inner) => {
    await new Promise((resolve) => {
      const innermost = inner.transaction(async (open) => {
        resolve(undefined);
        await new Promise((later) => setImmediate(later));
        await open.exec('DELETE FROM log');
      });
      left.push(assert.rejects(innermost, misuse(/has ended/)));
    });
  });
  await Promise.all(left);
  assert.deepEqual(asked, [begin, begin, end]);
});

test('what options a transaction does not take are refused', async () => {
  const { transaction } = opened();
  const { run } = /** @type {any} */ (transaction);
  const options = /** @type {any} */ ({ key: 'once' });
  const error = { code: 'invalid_option', message: /There is no option key/ };
  await assert.rejects(transaction.query('SELECT 1', [], options), error);
  await assert.rejects(run('SELECT 1', [], options), error);
  await assert.rejects(transaction.batch(['SELECT 1'], options), error);
});
