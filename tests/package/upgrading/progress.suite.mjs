import { deepEqual, equal, ok, rejects } from '../../pages/assert.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Progress} Progress */

const [first, latest] = ['0001.create', '0002.alter-table'];

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'each phase, migration and statement is told in order, before open resolves'({ wheatear, name, options }) {
    /** @type {Progress[]} */
    const heard = [];
    const database = await wheatear.open(name, { ...options, onProgress: (progress) => heard.push(progress) });
    const expected = [
      { type: 'phase', phase: 'planning' },
      { type: 'phase', phase: 'migrating' },
      { type: 'step', operation: 'apply', migrationId: first, number: 1, count: 2 },
      { type: 'statement', migrationId: first, statement: 1, line: 1 },
      { type: 'step', operation: 'apply', migrationId: latest, number: 2, count: 2 },
      { type: 'statement', migrationId: latest, statement: 1, line: 2 },
      { type: 'phase', phase: 'checking' },
      { type: 'phase', phase: 'committing' },
    ];
    deepEqual(
      heard.filter(({ type }) => type !== 'working'),
      expected,
    );
    const told = heard.length;
    await database.query('SELECT 1');
    await database.close();
    equal(heard.length, told);
  },

  async 'a database that is current has nothing to tell'({ wheatear, name, options }) {
    await (await wheatear.open(name, options)).close();
    /** @type {Progress[]} */
    const heard = [];
    const database = await wheatear.open(name, { ...options, onProgress: (progress) => heard.push(progress) });
    await database.close();
    deepEqual(heard, []);
  },

  async 'a statement that takes long says ten times a second that it goes on, while it does'({ wheatear, name }) {
    const endless = migrating({
      '1.endless.sql': `CREATE TABLE note (text);
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;`,
    });
    const ending = new AbortController();
    /** @type {number[]} */
    const elapsed = [];
    const onProgress = (/** @type {Progress} */ progress) => {
      if (progress.type !== 'working') return;
      deepEqual([progress.migrationId, progress.statement], ['1.endless', 2]);
      if (elapsed.push(progress.elapsedMs) === 20) ending.abort();
    };
    const options = { ...endless, onProgress, signal: ending.signal };
    await rejects(wheatear.open(name, options), wheatear.ApplyError, 'cancelled');
    equal(elapsed.length, 20);
    deepEqual(
      elapsed,
      [...elapsed].sort((a, b) => a - b),
    );
    ok((elapsed.at(-1) ?? 0) <= 2000, `twenty signs of life took ${elapsed.at(-1)} ms`);
  },

  async 'what a listener throws is reported as uncaught, and the upgrade goes on'({ wheatear, name, options }) {
    const thrown = new Error('the listener failed');
    /** @type {unknown[]} */
    const uncaught = [];
    const collect = (/** @type {ErrorEvent} */ event) => {
      event.preventDefault();
      uncaught.push(event.error);
    };
    addEventListener('error', collect);
    try {
      const onProgress = () => {
        throw thrown;
      };
      const database = await wheatear.open(name, { ...options, onProgress });
      equal(database.report.to, latest);
      await database.close();
    } finally {
      removeEventListener('error', collect);
    }
    ok(uncaught.length >= 8 && uncaught.every((error) => error === thrown), `${uncaught.length} errors`);
  },
};
