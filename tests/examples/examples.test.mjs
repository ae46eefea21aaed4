// Each example as somebody uses it who has copied it: built, visited, given another migration, and visited in two tabs.

import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createServer } from 'vite';
import { describeInChromium } from '../apps/chromium.mjs';
import { serving } from '../apps/package.mjs';
import { root } from '../docs/pages.mjs';
import { eventually } from '../lab/eventually.mjs';
import { bundle, copyExample, deploy, makeWorkshop, notInstalled, npmRun } from './workshop.mjs';

/**
 * @typedef {object} Example
 * @property {string} name its folder
 * @property {string} built what its build makes
 * @property {string[]} [generated] files of it that the build writes, and that are there already
 * @property {RegExp} [rendered] what a server has rendered of its page
 * @property {string} [superseded] the element that says that there is a newer version, where it is that of the package
 * @property {(folder: string) => Promise<void>} takeBack makes of the example that from before its last migration
 */

/** @type {Example[]} */
const examples = [
  {
    name: 'vite-typescript',
    built: 'dist',
    generated: ['src/schema.ts'],
    superseded: 'wheatear-superseded',
    takeBack: removeLastFile,
  },
  { name: 'react-kysely', built: 'dist', generated: ['src/schema.ts'], takeBack: removeLastFile },
  {
    name: 'sveltekit',
    built: 'build',
    generated: ['src/lib/schema.ts'],
    rendered: /Weather station.*Opening/s,
    takeBack: removeLastFile,
  },
  { name: 'drizzle', built: 'dist', takeBack: removeLastEntry },
  { name: 'rust-module', built: 'dist', takeBack: takeModuleAway },
];

/** Every page of them has these as its last ones, whoever has given them their numbers. */
const [second, third] = [/^\d+.humidity$/, /^\d+.humidity → \d+.greenhouse$/];

/** A module without the last migration takes long to compile: before there was any, the page had the migrations itself. */
async function takeModuleAway(/** @type {string} */ folder) {
  await removeLastFile(join(folder, 'weather'));
  const path = join(folder, 'src', 'database.ts');
  const own = await readFile(path, 'utf8');
  const migrations =
    "import.meta.glob('../weather/migrations/*.sql', { query: '?raw', import: 'default', eager: true })";
  const without = own.replace(/worker: .*,\n/, `migrations: ${migrations},\n`);
  assert.doesNotMatch(without, /new Worker/);
  await writeFile(path, without);
}

/** As drizzle-kit's `drop` does it. */
async function removeLastEntry(/** @type {string} */ folder) {
  const path = join(folder, 'drizzle', 'meta', '_journal.json');
  const journal = JSON.parse(await readFile(path, 'utf8'));
  const { tag } = journal.entries.pop();
  await writeFile(path, JSON.stringify(journal));
  await rm(join(folder, 'drizzle', `${tag}.sql`));
}

async function removeLastFile(/** @type {string} */ folder) {
  const migrations = join(folder, 'migrations');
  for (const file of await readdir(migrations)) if (/^0003/.test(file)) await rm(join(migrations, file));
}

/** These have no page that a browser could visit, and tests of their own: `cargo test`. */
const inRust = ['tauri'];

test('every folder of examples is tested', async () => {
  const folders = await readdir(join(root, 'examples'), { withFileTypes: true });
  const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  assert.deepEqual(names.sort(), [...inRust, ...examples.map(({ name }) => name)].sort());
});

describeInChromium('an example', (driver) => {
  /** @type {string} */
  let workshop;
  before(async () => {
    workshop = await makeWorkshop();
  });
  after(() => rm(workshop, { recursive: true, force: true }));

  /** What the page says. */
  const texts = (/** @type {string} */ selector) =>
    /** @type {Promise<unknown>} */ driver().executeScript(
      (/** @type {string} */ at) =>
        Array.from(document.querySelectorAll(at), (element) => (element.shadowRoot ?? element).textContent?.trim()),
      selector,
    );
  const shows = (/** @type {string} */ selector, /** @type {string[]} */ ...expected) =>
    eventually(async () => assert.deepEqual(await texts(selector), expected));
  const matches = (/** @type {string} */ selector, /** @type {RegExp} */ expected) =>
    eventually(async () => assert.match(String(await texts(selector)), expected));

  /** Records a reading, as a visitor does. */
  async function record(/** @type {string} */ place, /** @type {number} */ temperature) {
    await driver()
      .findElement({ xpath: `//select/option[text()='${place}']` })
      .click();
    await driver().findElement({ css: '[name=temperature]' }).sendKeys(String(temperature));
    await driver().findElement({ css: 'form button' }).click();
  }

  test('the unit tests of vite-typescript pass', async () => {
    await npmRun(await copyExample('vite-typescript', workshop, 'tested'), 'test');
  });

  test('while react-kysely is written, a new migration is applied by a page that is loaded anew', async () => {
    const folder = await copyExample('react-kysely', workshop, 'written');
    const server = await createServer({ root: folder, logLevel: 'silent', server: { port: 0 } });
    await server.listen();
    try {
      await driver().get(server.resolvedUrls?.local[0] ?? '');
      await matches('output', /^\d+.greenhouse$/);
      await record('Roof', 5);
      await shows('li', 'Roof: 5 °C');
      await writeFile(join(folder, 'migrations', '0004.note.sql'), 'ALTER TABLE reading ADD COLUMN note TEXT;');
      await matches('output', /^\d+.greenhouse → \d+.note$/);
      await shows('li', 'Roof: 5 °C');
    } finally {
      await server.close();
    }
  });

  for (const { name, built, generated = [], rendered, superseded = '[role=alert]', takeBack } of examples) {
    test(`${name} keeps what was recorded before its last migration, in two tabs, and says what is wrong`, async () => {
      assert.deepEqual(await notInstalled(name), []);
      const [older, newer] = await Promise.all(
        [`${name}-before`, name].map((copy) => copyExample(name, workshop, copy)),
      );
      assert.ok(older && newer);
      await takeBack(older);
      await bundle(older);
      await npmRun(newer, 'build');
      for (const file of generated) {
        /** @type {string} */
        const written = await readFile(join(newer, file), 'utf8');
        assert.equal(written, await readFile(join(root, 'examples', name, file), 'utf8'), file);
      }
      if (rendered) assert.match(await readFile(join(newer, built, 'index.html'), 'utf8'), rendered);

      const site = join(workshop, 'site');
      await deploy(join(older, built), site);
      await serving(site, async (origin) => {
        await driver().get(origin);
        await matches('output', second);
        await record('Shed', 21);
        await shows('li', 'Shed: 21 °C');
        const old = await driver().getWindowHandle();

        // Deployed while a tab is open.
        await deploy(join(newer, built), site);
        await driver().switchTo().newWindow('tab');
        await driver().get(origin);
        await matches('output', third);
        await shows('li', 'Greenhouse: 21 °C');
        const here = await driver().getWindowHandle();
        await driver().switchTo().window(old);
        await matches(superseded, /newer version/);

        // Two tabs of the new one.
        await driver().get(origin);
        await shows('li', 'Greenhouse: 21 °C');
        await record('Roof', 5);
        await shows('li', 'Roof: 5 °C', 'Greenhouse: 21 °C');
        await driver().switchTo().window(here);
        await shows('li', 'Roof: 5 °C', 'Greenhouse: 21 °C');

        // A deploy that is rolled back meets a database that is ahead of it.
        await deploy(join(older, built), site);
        await driver().get(origin);
        await matches('wheatear-recovery', /Download.*greenhouse/s);
        assert.doesNotMatch(String(await texts('wheatear-recovery')), /Start over/);
        await driver().close();
        await driver().switchTo().window(old);
      });
    });
  }
});
