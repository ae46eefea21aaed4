// The demo as it is deployed, in a real browser, as a visitor meets it.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { describeInEachEngine } from '../lab/browser.mjs';
import { ClientPage } from '../lab/client-page.mjs';
import { downloadedBy } from '../lab/downloads.mjs';
import { eventually } from '../lab/eventually.mjs';
import { DemoPage } from './demo-page.mjs';
import { migrationFiles } from './migrations.mjs';

const [first, latest] = ['0001.create', '0002.alter-table'];

/** Four nodes report once an hour. */
const readingsOfADay = 96;

describeInEachEngine('the demo', (browser, engine) => {
  /** @type {DemoPage} */
  let demo;
  /** @type {ClientPage} */
  let client;

  beforeEach(async () => {
    demo = new DemoPage(browser());
    client = new ClientPage(browser());
    await browser().closeOtherTabs();
    await client.visit();
    await client.call('weather.mjs', 'remove');
  });
  afterEach(() => browser().assertNoComplaints());

  test('the first visit creates the database with both migrations', async () => {
    await demo.visit();
    assert.equal(await demo.state(), 'ready');
    assert.equal(await demo.textOf('storage'), engine.storages[0] === 'opfs' ? 'OPFS' : 'IndexedDB');
    assert.equal(await demo.textOf('schema-version'), latest);
    const migrations = await demo.migrations();
    assert.deepEqual(
      migrations.map(({ id, state }) => [id, state]),
      [
        [first, 'applied'],
        [latest, 'applied'],
      ],
    );
    for (const { appliedAt, text } of migrations) {
      assert.ok(Math.abs(Date.parse(appliedAt ?? '') - Date.now()) < 60_000, `applied at ${appliedAt}`);
      assert.match(text, /just now/);
    }
    assert.match(await demo.text(), /Created with 2 migrations/);
    assert.equal(await demo.rowCount(), 0);
    assert.deepEqual((await demo.table()).columns, [
      'time_received',
      'schema',
      'node_addr',
      'uptime_ms',
      'batt_mv',
      'temp_c',
    ]);
  });

  test('a reload applies nothing again and keeps the readings', async () => {
    await demo.visit();
    const applied = (await demo.migrations()).map(({ appliedAt }) => appliedAt);
    await demo.press('add-day');
    await eventually(async () => assert.equal(await demo.rowCount(), readingsOfADay));
    const table = await demo.table();

    await demo.reload();
    assert.equal(await demo.state(), 'ready');
    assert.match(await demo.text(), /Already up to date/);
    const migrations = await demo.migrations();
    assert.deepEqual(
      migrations.map(({ appliedAt }) => appliedAt),
      applied,
    );
    assert.doesNotMatch(migrations.map(({ text }) => text).join(), /just now/);
    assert.equal(await demo.rowCount(), readingsOfADay);
    assert.deepEqual(await demo.table(), table);

    await demo.press('add-day');
    await eventually(async () => assert.equal(await demo.rowCount(), 2 * readingsOfADay));
    assert.ok(newestTime(await demo.table()) > newestTime(table), 'the second day is not newer');
    assert.match(await demo.textOf('chart'), /\d/);
  });

  test('starting over as version 0001 upgrades a thousand rows, whose temperature is null', async () => {
    await demo.visit();
    await demo.press('add-day');
    await eventually(async () => assert.equal(await demo.rowCount(), readingsOfADay, await demo.text()));

    await demo.reloadedBy(() => demo.press('start-over'));
    assert.equal(await demo.state(), 'ready');
    assert.equal(await demo.textOf('schema-version'), latest);
    assert.match(await demo.text(), /Upgraded from 0001\.create to 0002\.alter-table/);
    const [old, added] = await demo.migrations();
    assert.deepEqual([old?.id, old?.state, added?.id, added?.state], [first, 'applied', latest, 'applied']);
    assert.doesNotMatch(old?.text ?? '', /just now/);
    assert.match(added?.text ?? '', /just now/);
    assert.ok((old?.appliedAt ?? '') < (added?.appliedAt ?? ''), 'both migrations were applied at once');

    assert.equal(await demo.rowCount(), 1000);
    for (const end of ['page-first', 'page-last']) {
      await demo.press(end);
      const { columns, rows } = await demo.table();
      const temperature = columns.indexOf('temp_c');
      assert.ok(temperature >= 0, `no temp_c among ${columns}`);
      assert.ok(rows.length > 0);
      assert.deepEqual([...new Set(rows.map((row) => row[temperature]))], ['null']);
      assert.ok(
        rows.every((row) => row[columns.indexOf('batt_mv')] !== 'null'),
        'an old value is lost',
      );
    }
  });

  test('the table turns its pages', async () => {
    await demo.visit();
    await demo.reloadedBy(() => demo.press('start-over'));
    const newest = await demo.table();
    const turn = async (/** @type {string} */ button, /** @type {{ rows: string[][] }} */ from) => {
      await demo.press(button);
      return eventually(async () => {
        const table = await demo.table();
        assert.notDeepEqual(table.rows, from.rows);
        return table;
      });
    };
    const second = await turn('page-next', newest);
    assert.ok(newestTime(second) < oldestTime(newest), 'the second page is not older than the first');
    const last = await turn('page-last', second);
    assert.ok(newestTime(last) < oldestTime(second), 'the last page is not older than the second');
    const nextToLast = await turn('page-previous', last);
    assert.ok(oldestTime(nextToLast) > newestTime(last), 'the page before the last is not newer');
    assert.deepEqual(await turn('page-first', nextToLast), newest);
    for (const { rows } of [newest, second, nextToLast]) assert.equal(rows.length, newest.rows.length);
    assert.equal(last.rows.length, 1000 % newest.rows.length || newest.rows.length);
  });

  test('the columns of the table are those of the live schema', async () => {
    await client.call(
      'weather.mjs',
      'changeFirstVersion',
      `ALTER TABLE weather_node ADD COLUMN wind_kn REAL;
       INSERT INTO weather_node (time_received, node_addr, wind_kn) VALUES ('2026-01-01 12:00:00', 17, 8.5)`,
    );
    await demo.visit();
    const { columns, rows } = await demo.table();
    assert.deepEqual(columns.slice(-2), ['wind_kn', 'temp_c']);
    assert.deepEqual(rows, [['2026-01-01 12:00:00', 'null', '17', 'null', 'null', '8.5', 'null']]);
  });

  test('a migration that fails is explained, and the rows can be saved', async () => {
    await client.call(
      'weather.mjs',
      'changeFirstVersion',
      `INSERT INTO weather_node (time_received, node_addr) VALUES ('2026-01-01 12:00:00', 17), ('2026-01-01 13:00:00', 18);
       ALTER TABLE weather_node ADD COLUMN temp_c INTEGER`,
    );
    const before = await client.call('weather.mjs', 'contents');
    assert.equal(before.rows.length, 2);

    await demo.visit();
    assert.equal(await demo.state(), 'failed');
    assert.equal(await demo.errorCode(), 'statement_failed');
    const explanation = await demo.textOf('error');
    for (const part of [/0002\.alter-table/, /statement\s+1\b/i, /line\s+2\b/i, /duplicate column name: temp_c/]) {
      assert.match(explanation, part);
    }

    const file = await downloadedBy(browser(), engine, 'weather.sqlite3', () => demo.press('download'));
    assert.equal(file.toString('latin1', 0, 16), 'SQLite format 3\0');
    for (const text of ['CREATE TABLE weather_node', '2026-01-01 12:00:00', '2026-01-01 13:00:00']) {
      assert.ok(file.includes(text), `the file lacks ${text}`);
    }

    await demo.reload();
    assert.equal(await demo.errorCode(), 'statement_failed');
    await client.visit();
    assert.deepEqual(await client.call('weather.mjs', 'contents'), before);
  });

  test('a migration that only a newer page has is shown as unknown if it is compatible', async () => {
    const wind = '-- compatible: true\nALTER TABLE weather_node ADD COLUMN wind_kn REAL;';
    await client.call('weather.mjs', 'upgradeAs', { ...(await migrationFiles()), '0003.wind.sql': wind });
    await demo.visit();
    assert.equal(await demo.state(), 'ready');
    const migrations = await demo.migrations();
    assert.deepEqual(
      migrations.map(({ id, state }) => [id, state]),
      [
        [first, 'applied'],
        [latest, 'applied'],
        ['0003.wind', 'unknown'],
      ],
    );
    assert.match(migrations[2]?.text ?? '', /this page does not have it/);
  });

  test('a migration that was edited since is explained with the lines that differ', async () => {
    const files = await migrationFiles();
    const edited = files[`${first}.sql`]?.replace('batt_mv', 'battery_mv') ?? '';
    await client.call('weather.mjs', 'upgradeAs', { ...files, [`${first}.sql`]: edited });
    await demo.visit();
    assert.equal(await demo.errorCode(), 'edited');
    const explanation = await demo.textOf('error');
    for (const part of [/^- +battery_mv/m, /^\+ +batt_mv/m, /Nothing was lost/]) assert.match(explanation, part);
  });

  test('a database that is being replaced elsewhere is explained, and opens once it is free', async () => {
    const { driver } = browser();
    const demoTab = await driver.getWindowHandle();
    await driver.switchTo().newWindow('tab');
    const holderTab = await driver.getWindowHandle();
    await client.visit();
    await client.call('weather.mjs', 'holdRight');

    await driver.switchTo().window(demoTab);
    await demo.visit();
    assert.equal(await demo.state(), 'failed');
    assert.equal(await demo.errorCode(), 'storage_busy');
    assert.match(await demo.textOf('error'), /another tab/);

    await driver.switchTo().window(holderTab);
    await client.call('weather.mjs', 'releaseRight');
    await driver.close();
    await driver.switchTo().window(demoTab);
    await demo.reloadedBy(() => demo.press('try-again'));
    assert.equal(await demo.state(), 'ready');
  });

  test('a visitor who goes on to another page, and back, can go on adding', async () => {
    await demo.visit();
    await demo.press('add-day');
    await eventually(async () => assert.equal(await demo.rowCount(), readingsOfADay));
    // A page that the browser keeps to come back to must not keep the database from others.
    await client.visit();
    await client.call('weather.mjs', 'hold');
    await client.call('weather.mjs', 'letGo');
    await demo.back();
    assert.equal(await demo.state(), 'ready');
    await demo.press('add-day');
    await eventually(async () => assert.equal(await demo.rowCount(), 2 * readingsOfADay));
  });

  test('a visitor can look into the database, for which nothing is loaded before', async () => {
    const { driver } = browser();
    await demo.visit();
    const isLoaded = () =>
      driver.executeScript(() => performance.getEntriesByType('resource').some(({ name }) => /\/inspect-/.test(name)));
    assert.equal(await isLoaded(), false);
    await demo.reloadedBy(() => demo.press('inspect'));
    await eventually(async () => {
      const text = await driver.executeScript(() => {
        const shown = document.querySelector('wheatear-inspector')?.shadowRoot?.querySelector('[part=inspector]');
        return shown instanceof HTMLElement ? shown.innerText : '';
      });
      assert.match(String(text), /weather_node/);
    });
    assert.equal(await isLoaded(), true);
  });

  test('when SQLite cannot be loaded the page says so, and works once it can', async () => {
    const { site } = browser();
    site.withhold(/\.wasm$/);
    try {
      await demo.visit();
    } finally {
      site.withhold(undefined);
    }
    assert.equal(await demo.state(), 'failed');
    assert.equal(await demo.errorCode(), 'worker_failed');
    assert.match(await demo.textOf('error'), /connection/i);
    assert.match((await browser().takeComplaints()).join('\n'), /not found: .*\.wasm/);

    await demo.reloadedBy(() => demo.press('try-again'));
    assert.equal(await demo.state(), 'ready');
  });
});

// Rows come with the newest first, their time in the first column.
const newestTime = (/** @type {{ rows: string[][] }} */ { rows }) => rows[0]?.[0] ?? '';
const oldestTime = (/** @type {{ rows: string[][] }} */ { rows }) => rows.at(-1)?.[0] ?? '';
