// Migrations that are loaded when they are needed, as the documentation shows it, in an application that Vite has built.

import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'vite';
import { blocksOf } from '../docs/pages.mjs';
import { eventually } from '../lab/eventually.mjs';
import { describeInChromium } from './chromium.mjs';
import { makeApp, pageOf, serving } from './package.mjs';

const [folder = '', opening = ''] = blocksOf('docs/getting-started.md')
  .filter(({ code }) => /^\/\/ src\/migrations\.ts|^ +load: /m.test(code))
  .map(({ code }) => code);
const [given = ''] = /(?<=digest: ')\w+/.exec(opening) ?? [];

/** The snippet as a program that shows what came of it. */
const mainWith = (/** @type {string} */ digest) => `import { open } from 'wheatear';
try {
  ${opening.replace(given, digest)}
  await db.exec('INSERT INTO node (addr) VALUES (17)');
  const rows = await db.query('SELECT addr FROM node');
  document.querySelector('output').textContent = JSON.stringify({ to: db.report.to, rows: rows.length });
} catch (error) {
  document.querySelector('output').textContent = error.message;
}`;

describeInChromium('migrations that are loaded when they are needed', (driver) => {
  /** @type {string} */
  let app;
  before(async () => {
    app = await makeApp({
      'index.html': pageOf('/src/main.ts'),
      'src/migrations.ts': folder,
      'src/migrations/0001.create.sql': 'CREATE TABLE node (addr INTEGER);',
    });
  });
  after(() => rm(app, { recursive: true, force: true }));

  const digestOf = (/** @type {string} */ message) => /has the digest "(\w+)"/.exec(message)?.[1] ?? '';

  /** Builds the application with this digest, visits it once, and gives what it shows and which scripts it loaded. */
  async function visit(/** @type {string} */ origin, /** @type {string} */ digest) {
    await writeFile(join(app, 'src', 'main.ts'), mainWith(digest));
    await build({ root: app, configFile: false, logLevel: 'error', build: { target: 'esnext' } });
    await driver().get(origin);
    return eventually(async () => {
      const [shown, loaded] = await driver().executeScript(() => [
        document.querySelector('output')?.textContent,
        performance.getEntriesByType('resource').filter(({ name }) => /\/migrations-[^/]*\.js$/.test(name)).length,
      ]);
      assert.ok(shown);
      return { shown, loaded };
    });
  }

  test('are loaded by the first visit and by an upgrade, and by no other', async () => {
    assert.match(given, /^[0-9a-f]{64}$/);
    await serving(join(app, 'dist'), async (origin) => {
      const first = await visit(origin, given);
      const digest = digestOf(first.shown);
      assert.equal(digest.length, 64, first.shown);
      assert.deepEqual(await visit(origin, digest), { shown: '{"to":"0001.create","rows":1}', loaded: 1 });
      assert.deepEqual(await visit(origin, digest), { shown: '{"to":"0001.create","rows":2}', loaded: 0 });

      await writeFile(join(app, 'src/migrations/0002.name.sql'), 'ALTER TABLE node ADD COLUMN name TEXT;');
      const edited = await visit(origin, '0'.repeat(64));
      const newer = digestOf(edited.shown);
      assert.notEqual(newer, digest);
      assert.deepEqual(await visit(origin, newer), { shown: '{"to":"0002.name","rows":3}', loaded: 1 });
      assert.deepEqual(await visit(origin, newer), { shown: '{"to":"0002.name","rows":4}', loaded: 0 });
    });
  });
});
