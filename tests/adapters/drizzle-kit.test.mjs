// `drizzle-kit generate` and Wheatear in a page are all that an application needs: its folder is the migrations as it stands.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'vite';
import { wheatear } from '../../dist/package/vite.js';
import { describeInChromium } from '../apps/chromium.mjs';
import { makeApp, pageOf, serving } from '../apps/package.mjs';
import { eventually } from '../lab/eventually.mjs';
import { folder as tools, toolsInstalled } from '../program/tools/install.mjs';

const schemas = [
  `import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
export const note = sqliteTable('note', {
  id: integer().primaryKey(),
  text: text().notNull(),
  author: integer(),
});
`,
  // For what is no longer NOT NULL, and refers to another table, drizzle-kit makes the table anew.
  `import { relations } from 'drizzle-orm';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
export const author = sqliteTable('author', { id: integer().primaryKey(), name: text().notNull().unique() });
export const note = sqliteTable('note', {
  id: integer().primaryKey(),
  text: text(),
  author: integer().references(() => author.id),
});
export const writtenBy = relations(note, ({ one }) => ({
  by: one(author, { fields: [note.author], references: [author.id] }),
}));
`,
];

/** What the application shows: its notes, of which each visit adds one. */
const main = `
import migrations from 'virtual:wheatear/migrations';
import { open } from 'wheatear';
import { drizzle } from 'wheatear/drizzle';
import * as schema from './schema';

const db = await open('notes', { migrations });
const orm = drizzle(db, { schema });
await orm.insert(schema.note).values({ text: db.report.applied.map(({ id }) => id).join() });
const rows = await orm.query.note.findMany({ WITH });
document.querySelector('output')!.textContent = JSON.stringify(rows);
`;

/** @type {string} */
let app;
before(async () => {
  toolsInstalled();
  app = await makeApp({ 'index.html': pageOf('/src/main.ts'), 'src/main.ts': '' });
  await symlink(join(tools, 'node_modules', 'drizzle-orm'), join(app, 'node_modules', 'drizzle-orm'), 'junction');
});
after(() => rm(app, { recursive: true, force: true }));

/** Writes a version of the application, and has its migrations generated and all of it built. */
async function release(/** @type {number} */ version) {
  await writeFile(join(app, 'src', 'schema.ts'), schemas[version] ?? '');
  await writeFile(join(app, 'src', 'main.ts'), main.replace('WITH', version > 0 ? 'with: { by: true }' : ''));
  const kit = join(tools, 'node_modules', 'drizzle-kit', 'bin.cjs');
  const how = ['generate', '--dialect', 'sqlite', '--schema', './src/schema.ts', '--out', 'drizzle'];
  execFileSync(process.execPath, [kit, ...how], { cwd: app, stdio: 'pipe' });
  const plugins = [wheatear({ folder: 'drizzle', types: 'src/tables.ts', off: ['missing-down'] })];
  await build({ root: app, configFile: false, logLevel: 'error', plugins });
}

describeInChromium('drizzle-kit and Wheatear', (driver) => {
  test('what is generated is applied, also to a database of the release before, and two tabs have it', async () => {
    await release(0);
    await serving(join(app, 'dist'), async (origin) => {
      await driver().get(origin);
      const [first] = await shown(driver());
      assert.match(first.text, /^0000_\w+$/);
      await release(1);
      await driver().get(origin);
      const [kept, added] = await shown(driver());
      assert.deepEqual(kept, { id: 1, text: first.text, author: null, by: null });
      assert.match(added.text, /^0001_\w+$/);
      // While the first tab has the database.
      await driver().switchTo().newWindow('tab');
      await driver().get(origin);
      const inBoth = await shown(driver());
      assert.deepEqual(
        inBoth.map((/** @type {{ text: string }} */ { text }) => text),
        [first.text, added.text, ''],
      );
    });
  });
});

/** The notes that the page shows, once it does. */
async function shown(/** @type {import('../apps/chromium.mjs').WebDriver} */ driver) {
  const text = await eventually(async () => {
    const text = await driver.executeScript(() => document.querySelector('output')?.textContent);
    assert.match(String(text), /^\[/);
    return String(text);
  });
  return JSON.parse(text);
}
