// The inspector as a developer sees it, in one engine: nothing in it is particular to any.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, afterEach, before, describe, test } from 'node:test';
import { Key } from 'selenium-webdriver';
import { Browser } from '../../lab/browser.mjs';
import { ClientPage } from '../../lab/client-page.mjs';
import { engines } from '../../lab/engines.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const engine = engines.find(({ name }) => name === 'Chromium');
const titles = ['Schema', 'Rows', 'Migrations', 'Storage', 'SQL'];

/** Names that SQL must quote. */
const odd = 'a"b';

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  const skip = !engine && 'there is no Chromium';
  describe(`the inspector in a ${colorScheme} scheme`, { skip }, () => {
    /** @type {Browser} */
    let browser;
    /** @type {ClientPage} */
    let page;
    before(async () => {
      assert.ok(engine);
      browser = await Browser.start(engine, { colorScheme });
      page = new ClientPage(browser);
      await page.visit();
      await call('fill');
    });
    after(() => browser?.quit());
    afterEach(() => browser.assertNoComplaints());

    const call = (/** @type {string} */ name, /** @type {unknown[]} */ ...args) =>
      page.call('inspector.mjs', name, ...args);

    test('is loaded when it is put into a page, and not before', async () => {
      assert.equal(await call('put'), false, 'it was loaded with wheatear/ui');
      assert.ok((await call('loaded')).some((/** @type {string} */ file) => file.includes('/inspector/')));
    });

    test('has no accessibility violation in any of its tabs, and fits a narrow screen', async () => {
      await call('choose', 'Schema');
      await call('unfold', odd, 'CREATE TABLE');
      for (const title of titles) {
        await call('choose', title);
        if (title === 'SQL') {
          await call('write', 'SELECT * FROM many', 'Explain');
          await call('steps', 'SCAN');
        }
        assert.deepEqual(await violations(browser), [], title);
        await fits(title);
      }
      await call('write', 'SELECT * FROM many; SELEC', 'Run');
      await call('alert', 'syntax error');
      assert.deepEqual(await violations(browser), [], 'an error');
    });

    async function fits(/** @type {string} */ title) {
      await engine?.setViewport?.(browser.driver, { width: 400, height: 800 });
      const width = await browser.driver.executeScript(() => document.documentElement.scrollWidth);
      assert.ok(Number(width) <= 400, `${title}: ${width} px wide`);
      await engine?.setViewport?.(browser.driver, { width: 1200, height: 800 });
    }

    // What it shows is the same in both.
    if (colorScheme === 'dark') return;

    test('is gone through with the keyboard', async () => {
      await call('choose', 'Schema');
      await call('focusTab');
      const press = (/** @type {string} */ key) => browser.driver.actions().sendKeys(key).perform();
      for (const [key, title] of [
        [Key.ARROW_RIGHT, 'Rows'],
        [Key.END, 'SQL'],
        [Key.ARROW_RIGHT, 'Schema'],
        [Key.ARROW_LEFT, 'SQL'],
        [Key.HOME, 'Schema'],
      ]) {
        await press(String(key));
        assert.equal(await call('focused'), title);
      }
      await call('write', 'SELECT 6 * 7 AS answer');
      await browser.driver.actions().keyDown(Key.CONTROL).sendKeys(Key.ENTER).keyUp(Key.CONTROL).perform();
      assert.deepEqual((await call('cells', 'Result 1', '42')).rows, [['INTEGER 42']]);
    });

    test('shows tables, views, indexes and triggers, whatever they are called', async () => {
      await call('choose', 'Schema');
      const table = await call('unfold', odd, 'CREATE TABLE');
      for (const part of ['PRIMARY KEY', 'DEFAULT 1.5', 'GENERATED ALWAYS, STORED', 'CREATE INDEX "in dex"'])
        assert.ok(table.includes(part), `${part} in ${table}`);
      assert.match(await call('unfold', 'select', 'Foreign keys'), /from → a"b \(id\), ON DELETE CASCADE/);
      assert.match(await call('unfold', 'pair', 'CREATE TRIGGER'), /WITHOUT ROWID[\s\S]*CREATE TRIGGER "trig ger"/);
      assert.match(await call('unfold', 'v;iew', 'CREATE VIEW'), /order/);
      assert.match(await call('unfold', 'words', 'CREATE VIRTUAL TABLE'), /virtual[\s\S]*hidden/);
      assert.match(await call('unfold', '_wheatear_migration', 'CREATE TABLE'), /Wheatear/);
      // Only what is broken fails.
      assert.match(await call('unfold', 'broken', 'no such table'), /main\.gone/);
      await call('press', 'Count rows', 'details[data-name="pair"]');
      assert.match(await call('unfold', 'pair', '2 rows'), /2 rows/);
    });

    test('shows values with their types, and of big ones how big they are', async () => {
      await call('choose', 'Rows');
      await call('select', odd);
      assert.deepEqual(await call('cells', `Rows of ${odd}`, '9007199254740993'), {
        columns: ['select TEXT', 'id INTEGER', 'big', 'real REAL', 'bytes BLOB', 'twice', 'thrice'],
        rows: [
          ["TEXT it's <b>text</b>", 'INTEGER 1', 'INTEGER 9007199254740993', 'REAL 2.0', "BLOB x'00ff10' 3 bytes"],
          [
            'NULL NULL',
            'INTEGER 2',
            'INTEGER -9223372036854775808',
            'REAL 0.5',
            `BLOB x'${'00'.repeat(16)}…' 40 bytes`,
          ],
          ['TEXT ', 'INTEGER 3', 'INTEGER 1', 'NULL NULL', 'NULL NULL'],
          ['TEXT line\ntwo␀!', 'INTEGER 4', 'REAL 3.0', 'REAL 1e+300', "BLOB x'' 0 bytes"],
        ].map((row, at) => [...row, `INTEGER ${(at + 1) * 2}`, `INTEGER ${(at + 1) * 3}`]),
      });
    });

    test('shows rows of every kind of table, and of views', async () => {
      const shown = /** @type {const} */ ([
        ['select', 'shadowed', ['_rowid_ not a column', 'from INTEGER', 'rowid TEXT']],
        ['pair', '12,000', ['a INTEGER', 'b TEXT']],
        ['v;iew', 'text', ['order TEXT', 'id INTEGER']],
        ['words', 'wheatear', ['text']],
      ]);
      await call('choose', 'Rows');
      for (const [table, until, columns] of shown) {
        await call('select', table);
        assert.deepEqual((await call('cells', `Rows of ${table}`, until)).columns, columns, table);
      }
      // Of what is long, only the beginning is read.
      await call('select', 'pair');
      const { rows } = await call('cells', 'Rows of pair', 'é');
      assert.deepEqual(rows[1], ['INTEGER 2', `TEXT ${'é'.repeat(300)} … 12,000 bytes`]);
      await call('select', 'broken');
      assert.match((await call('alert', 'gone')).join(), /query_failed/);
      assert.doesNotMatch(await call('panel', 'Count'), /Rows \d/);
    });

    test('shows a table page by page, and what is changed in it at once', async () => {
      await call('choose', 'Rows');
      await call('select', 'many');
      await call('panel', 'Rows 1 to 100');
      await call('press', 'Next');
      await call('press', 'Next');
      await call('panel', 'Rows 201 to 251');
      await call('exec', 'INSERT INTO many VALUES (4711)');
      assert.equal((await call('cells', 'Rows of many', '4711')).rows.length, 52);
      await call('press', 'Count');
      await call('panel', '252 rows in all');
      // Of the one that takes the place of a table that is gone, the first page is shown.
      await call('exec', 'CREATE TABLE gone_soon AS SELECT n FROM many');
      await call('choose', 'Schema');
      await call('choose', 'Rows');
      await call('select', 'gone_soon');
      await call('panel', 'Rows 1 to 100');
      await call('press', 'Next');
      await call('panel', 'Rows 101 to 200');
      await call('choose', 'Schema');
      await call('exec', 'DROP TABLE gone_soon');
      await call('choose', 'Rows');
      await call('panel', 'Rows 1 to 4');
    });

    test('shows what is applied and what is not, and what was done', async () => {
      await call('choose', 'Migrations');
      const text = await call('panel', '0.1.0');
      assert.match(text, /0001\.odd\s+applied/);
      assert.match(text, /0002\.late\s+pending/);
      assert.match(text, /apply\s+0001\.odd\s+done/);
    });

    test('shows where it is, and of which versions everything is', async () => {
      await call('choose', 'Storage');
      const text = await call('panel', 'SQLite');
      assert.match(text, /OPFS/);
      assert.match(text, /This tab: its worker holds the database/);
      assert.match(text, /Wheatear\s+0\.1\.0/);
      assert.match(text, /SQLite\s+3\.\d+\.\d+/);
      assert.match(text, /\d bytes\)/);
    });

    test('runs statements, shows their rows up to a bound, and tells the page of what they changed', async () => {
      const before = await call('watch');
      await call('write', "INSERT INTO many VALUES (1), (2); -- ';'\nSELECT n FROM many;", 'Run');
      assert.equal((await call('cells', 'Result 2', '7')).rows.length, 200);
      const text = await call('panel', 'First 200 of');
      assert.ok(text.includes(`First 200 of ${before + 2} rows.`), text);
      assert.ok(text.includes('2 rows changed'), text);
      await call('sees', before + 2);
      // What has a `;` inside is one statement.
      await call(
        'write',
        'CREATE TRIGGER t AFTER INSERT ON later BEGIN SELECT 1; SELECT CASE 1 WHEN 1 THEN 2 END; END',
        'Run',
      );
      await call('alert', 'no such table: main.later');
      await call('write', 'PRAGMA user_version; ', 'Run');
      await call('cells', 'Result 1', '0');
    });

    test('shows a query plan as a tree', async () => {
      await call(
        'write',
        `SELECT * FROM "a""b" WHERE "select" IN (SELECT b FROM pair) UNION SELECT *, 1, 1, 1, 1, 1, 1 FROM many`,
        'Explain',
      );
      assert.deepEqual(await call('steps', 'SCAN many'), [
        '1 MERGE (UNION)',
        '2 LEFT',
        '3 SEARCH a"b USING INDEX in dex (select=?)',
        '3 LIST SUBQUERY 1',
        '4 SCAN pair',
        '2 RIGHT',
        '3 SCAN many',
        '3 USE TEMP B-TREE FOR ORDER BY',
      ]);
    });

    test('shows what is wrong with SQL, by code and words', async () => {
      await call('write', 'SELECT 1; SELEC 2', 'Run');
      const [said] = await call('alert', 'syntax error');
      assert.match(said, /query_failed[\s\S]*statement 2/);
    });

    test('stops what does not end', async () => {
      const endless = 'WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT count(*) FROM n';
      await call('write', endless, 'Run');
      await call('panel', 'Running');
      await call('press', 'Stop');
      await call('alert', 'cancelled');
      await call('write', 'SELECT 6 * 8', 'Run');
      assert.deepEqual((await call('cells', 'Result 1', '48')).rows, [['INTEGER 48']]);

      await call('write', endless, 'Run');
      await call('panel', 'Running');
      assert.deepEqual(await call('takeAway'), [{ one: 1 }], 'it goes on without the inspector');
      await call('put');
    });

    test('stops counting when that is asked, or nobody sees it', async () => {
      const view = 'WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT n FROM n';
      await call('exec', `CREATE VIEW endless AS ${view}`);
      await call('choose', 'Schema');
      const inside = 'details[data-name="endless"]';
      await call('unfold', 'endless', 'Count rows');
      await call('press', 'Count rows', inside);
      await call('press', 'Stop', inside);
      await call('unfold', 'endless', 'Stopped.');
      await call('press', 'Count rows', inside);
      await call('choose', 'Rows');
      // It is read only once the count is over.
      await call('select', 'many');
      await call('cells', 'Rows of many', '7');
      await call('press', 'Count');
      await call('panel', 'rows in all');
      await call('exec', 'DROP VIEW endless');
    });

    test('runs what cannot be in a transaction, also behind a comment', async () => {
      await call('write', '-- Gives room back.\nVACUUM', 'Run');
      await call('panel', '0 rows changed');
      await call('write', '/* how? */ EXPLAIN SELECT * FROM many', 'Explain');
      await call('steps', 'SCAN');
    });

    test('says in another tab that it is another one that has the database', async () => {
      const { driver } = browser;
      const first = await driver.getWindowHandle();
      await driver.switchTo().newWindow('tab');
      await page.visit();
      await call('visit');
      await call('put');
      await call('choose', 'Storage');
      assert.match(await call('panel', 'Owner'), /Another tab: its worker holds the database/);
      await driver.switchTo().window(first);
      await call('close');
      const other = (await driver.getAllWindowHandles()).find((handle) => handle !== first);
      await driver.switchTo().window(other ?? '');
      // It hears of that by itself.
      await call('panel', 'This tab: its worker holds the database');
      await driver.close();
      await driver.switchTo().window(first);
    });

    test('says of a database that is closed that it is', () => saysEverywhere('is closed'));

    test('says of one that a newer version has upgraded that it has', async () => {
      const { driver } = browser;
      const first = await driver.getWindowHandle();
      await page.visit();
      await call('visit');
      await call('put');
      await driver.switchTo().newWindow('tab');
      await page.visit();
      await call('upgrade');
      await driver.close();
      await driver.switchTo().window(first);
      await saysEverywhere('superseded');
    });

    /** Above the tabs, and in each of those that read something. */
    async function saysEverywhere(/** @type {string} */ what) {
      for (const title of ['Rows', 'Migrations', 'Storage', 'Schema']) {
        await call('choose', title);
        const said = await call('alert', what);
        assert.ok(said.filter((/** @type {string} */ text) => text.includes(what)).length > 1, `${title} says nothing`);
      }
    }
  });
}

/**
 * What is not accessible in the page.
 *
 * @param {Browser} browser
 * @returns {Promise<unknown[]>}
 */
async function violations({ driver }) {
  await driver.executeScript(axe);
  return driver.executeAsyncScript((/** @type {(result: unknown) => void} */ done) => {
    /** @type {any} */ (window).axe
      .run()
      .then((/** @type {import('axe-core').AxeResults} */ { violations }) =>
        done(violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) }))),
      );
  });
}
