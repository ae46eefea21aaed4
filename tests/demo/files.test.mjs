// The demo's database as a file, from its backups, and in each storage.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { By } from 'selenium-webdriver';
import { Browser, describeInEachEngine } from '../lab/browser.mjs';
import { ClientPage } from '../lab/client-page.mjs';
import { downloadedBy } from '../lab/downloads.mjs';
import { engines } from '../lab/engines.mjs';
import { eventually } from '../lab/eventually.mjs';
import { sqlite } from '../lab/sqlite-shell.mjs';
import { DemoPage, press, textIn } from './demo-page.mjs';

const backup = 'weather@0001.create';
const names = { opfs: 'OPFS', indexeddb: 'IndexedDB' };
const places = { opfs: /private files, on your device/, indexeddb: /IndexedDB, on your device/ };

/** How many rows `start-over` makes, and `add-day`. */
const [oldRows, dayRows] = [1000, 96];

describeInEachEngine('the demo', (browser, engine) => {
  const [best] = engine.storages;
  if (!best) throw new Error(`${engine.name} keeps nothing`);
  /** @type {DemoPage} */
  let demo;
  /** @type {ClientPage} */
  let client;
  /** @type {string} */
  let folder;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wheatear-files-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    demo = new DemoPage(browser());
    client = new ClientPage(browser());
    await client.visit();
    await client.call('weather.mjs', 'remove');
  });
  afterEach(() => browser().assertNoComplaints());

  // In others it is a matter of the package, whose tests are run in each.
  for (const storage of [best]) {
    describe(`whose address asks for ${names[storage]}`, () => {
      test('keeps its data there and says so', async () => {
        await demo.visit(storage);
        assert.equal(await demo.textOf('storage'), names[storage]);
        assert.match(await demo.textOf('storage-sentence'), places[storage]);
        assert.match(await demo.textOf('storage-sentence'), /as the page’s address asks/);
        assert.match(await demo.textOf('storage-persisted'), /The browser has (not )?promised to keep it/);
        await startOver(storage);
        await addDay(oldRows);
        await demo.reload();
        assert.equal(await demo.textOf('storage'), names[storage]);
        assert.equal(await demo.rowCount(), oldRows + dayRows);
      });

      test('exports a file that is whole and sound to SQLite elsewhere', async () => {
        await startOver(storage);
        await addDay(oldRows);
        const path = await exported('exported.sqlite3');
        assert.match(await demo.done(), /Exported as weather\.sqlite3, \d+.kB/);
        assert.deepEqual(await sqlite(path, 'PRAGMA integrity_check'), [['ok']]);
        const counts = 'SELECT count(*), count(temp_c), min(time_received) FROM weather_node';
        const [[rows, warm, oldest] = []] = await sqlite(path, counts);
        assert.deepEqual([rows, warm], [oldRows + dayRows, dayRows]);
        assert.equal(typeof oldest, 'string');
        assert.deepEqual(await sqlite(path, 'SELECT id FROM _wheatear_migration ORDER BY position'), [
          ['0001.create'],
          ['0002.alter-table'],
        ]);
      });

      test('imports a file that SQLite elsewhere has changed', async () => {
        await startOver(storage);
        const path = await exported('changed.sqlite3');
        await sqlite(
          path,
          'DELETE FROM weather_node',
          "INSERT INTO weather_node (time_received, node_addr, temp_c) VALUES ('2026-01-01 12:00:00', 17, 21)",
          'VACUUM',
        );
        await demo.importFile(path);
        assert.match(await demo.done(), /Imported changed\.sqlite3\. Already up to date/);
        const row = ['2026-01-01 12:00:00', 'null', '17', 'null', 'null', '21'];
        assert.deepEqual((await demo.table()).rows, [row]);
        await demo.reload();
        assert.deepEqual((await demo.table()).rows, [row]);
        assert.equal(await demo.textOf('storage'), names[storage]);
        await addDay(1);
      });

      test('imports a file that SQLite elsewhere has made, and upgrades it', async () => {
        await demo.visit(storage);
        const path = join(folder, `made for ${storage}.db`);
        // Whether it uses a write-ahead log is written in the file, and not whether there is anything in that.
        const statements = ['CREATE TABLE note (text)', "INSERT INTO note VALUES ('from elsewhere')"];
        await sqlite(path, 'PRAGMA journal_mode = WAL', ...statements);
        await demo.importFile(path);
        const { code, text } = await demo.failure();
        assert.equal(code, 'wal_missing', text);
        // As the page has said.
        await sqlite(path, 'PRAGMA journal_mode = DELETE');
        await demo.importFile(path);
        assert.match(await demo.done(), /Imported made for .*\. Created with 2 migrations/);
        assert.equal(await demo.textOf('schema-version'), '0002.alter-table');
        await addDay(0);
        const back = await exported('back.sqlite3');
        assert.deepEqual(await sqlite(back, 'PRAGMA integrity_check'), [['ok']]);
        assert.deepEqual(await sqlite(back, 'SELECT text FROM note'), [['from elsewhere']]);
        assert.deepEqual(await sqlite(back, 'SELECT count(*) FROM weather_node'), [[dayRows]]);
      });

      test('explains a file that cannot be imported, and goes on with its own rows', async () => {
        await startOver(storage);
        const file = await readFile(await exported('sound.sqlite3'));
        for (const [code, { bytes, says }] of Object.entries(faulty(file))) {
          const path = join(folder, `${code}.sqlite3`);
          await writeFile(path, bytes);
          await demo.importFile(path);
          const failure = await demo.failure();
          assert.equal(failure.code, code, failure.text);
          for (const part of [/The file was not imported/, /Your database is as it was/, says]) {
            assert.match(failure.text, part);
          }
          assert.equal(await demo.state(), 'ready');
        }
        assert.equal(await demo.rowCount(), oldRows);
        await addDay(oldRows);
        await demo.reload();
        assert.equal(await demo.rowCount(), oldRows + dayRows);
      });

      test('takes its own database back if it cannot upgrade the one from the file', async () => {
        await startOver(storage);
        const path = join(folder, `not for this page ${storage}.sqlite3`);
        await sqlite(path, 'CREATE TABLE weather_node (temp_c)');
        await demo.importFile(path);
        const { code, text } = await demo.failure();
        assert.equal(code, 'unmanaged', text);
        assert.match(text, /Your database is as it was. This page’s migrations do not fit the file/);
        await addDay(oldRows);
        await demo.reload();
        assert.equal(await demo.rowCount(), oldRows + dayRows);
      });

      test('leaves everything as it is if the reader has second thoughts', async () => {
        await startOver(storage);
        const path = join(folder, `empty ${storage}.sqlite3`);
        await sqlite(path, 'CREATE TABLE note (text)');
        await demo.importFile(path, 'cancel');
        await addDay(oldRows);
        // The same file again: now it is meant.
        await demo.importFile(path);
        assert.match(await demo.done(), /Imported/);
        assert.equal(await demo.rowCount(), 0);
      });

      test('restores the backup that its upgrade made', async () => {
        await demo.visit(storage);
        assert.deepEqual(await demo.backups(), []);
        await startOver(storage);
        assert.deepEqual(await demo.backups(), [backup]);
        await addDay(oldRows);
        await demo.restore(backup);
        assert.match(
          await demo.done(),
          /Restored weather@0001\.create\. Upgraded from 0001\.create to 0002\.alter-table/,
        );
        assert.equal(await demo.rowCount(), oldRows);
        assert.deepEqual(await demo.backups(), [backup]);
        await demo.reload();
        assert.equal(await demo.rowCount(), oldRows);
        assert.equal(await demo.textOf('storage'), names[storage]);
      });
    });
  }

  test('with an address that asks for nothing has the best storage, and says why not a better one', async () => {
    await demo.visit();
    assert.equal(await demo.textOf('storage'), names[best]);
    assert.match(await demo.textOf('storage-sentence'), places[best]);
    assert.doesNotMatch(await demo.textOf('storage-sentence'), /address/);
    await assertReason(demo, best === 'opfs' ? undefined : /OPFS: \S/);
  });

  test('whose address asks for memory leaves the stored database alone, and forgets its own', async () => {
    await startOver();
    await demo.visit('memory');
    assert.equal(await demo.textOf('storage'), 'Memory');
    assert.match(await demo.textOf('storage-sentence'), /gone when you leave/);
    assert.equal(await demo.rowCount(), 0);
    for (const button of ['import', 'move', 'start-over']) {
      assert.equal(await (await demo.find(button)).isDisplayed(), false, button);
    }
    assert.deepEqual(await demo.backups(), []);
    await addDay(0);
    const path = await exported('from memory.sqlite3');
    assert.deepEqual(await sqlite(path, 'PRAGMA integrity_check'), [['ok']]);
    assert.deepEqual(await sqlite(path, 'SELECT count(*) FROM weather_node'), [[dayRows]]);
    await demo.reload();
    assert.equal(await demo.rowCount(), 0);
    await demo.visit();
    assert.equal(await demo.rowCount(), oldRows);
  });

  test('whose address asks for a storage that there is not says which there are', async () => {
    await startOver();
    await demo.visit('floppy');
    assert.equal(await demo.state(), 'failed');
    assert.equal(await demo.errorCode(), 'invalid_option');
    const text = await demo.textOf('error');
    for (const part of [/invalid_option/, /'indexeddb'.*not "floppy"/, /“\?storage”/]) assert.match(text, part);
    assert.equal(await demo.offers('start-over-after-failure'), false);
    assert.equal(await demo.textOf('try-again'), 'Open without “?storage”');
    await demo.reloadedBy(() => demo.press('try-again'));
    assert.equal(await demo.state(), 'ready');
    assert.equal(await demo.rowCount(), oldRows);
  });

  if (engine.storages.length > 1) {
    test('moves to the other storage and back, with every row', async () => {
      await startOver();
      await addDay(oldRows);
      for (const there of /** @type {const} */ (['indexeddb', 'opfs'])) {
        assert.equal(await demo.textOf('move'), `Move to ${names[there]}`);
        await demo.press('move');
        assert.equal(await demo.done(), `Moved to ${names[there]}, with every row.`);
        assert.equal(await demo.textOf('storage'), names[there]);
        assert.equal(await demo.rowCount(), oldRows + dayRows);
        await demo.reload();
        assert.equal(await demo.textOf('storage'), names[there]);
        assert.equal(await demo.rowCount(), oldRows + dayRows);
      }
    });

    test('goes on asking for its storage after a move, in its new address', async () => {
      await demo.visit('opfs');
      await demo.press('move');
      await demo.done();
      await demo.reload();
      assert.equal(await demo.state(), 'ready');
      assert.match(await demo.textOf('storage-sentence'), /IndexedDB.*address/);
    });

    test('starts over where the database is', async () => {
      await demo.visit();
      await demo.press('move');
      await demo.done();
      await demo.reloadedBy(() => demo.press('start-over'));
      assert.equal(await demo.textOf('storage'), 'IndexedDB');
      assert.equal(await demo.rowCount(), oldRows);
    });

    test('whose database is not where its address asks for it opens it there, or moves it here', async () => {
      await startOver('opfs');
      await demo.visit('indexeddb');
      assert.equal(await demo.errorCode(), 'storage_elsewhere');
      assert.match(await demo.textOf('error'), /lives in OPFS/);
      assert.equal(await demo.textOf('try-again'), 'Open it where it lives');
      await demo.reloadedBy(() => demo.press('try-again'));
      assert.equal(await demo.textOf('storage'), 'OPFS');
      assert.equal(await demo.rowCount(), oldRows);

      await demo.visit('indexeddb');
      assert.equal(await demo.textOf('move-here'), 'Move it to IndexedDB');
      await demo.reloadedBy(() => demo.press('move-here'));
      assert.equal(await demo.textOf('storage'), 'IndexedDB');
      assert.equal(await demo.rowCount(), oldRows);
    });
  } else {
    test('cannot move to a storage that the browser lacks, and goes on where it is', async () => {
      await startOver();
      await demo.press('move');
      const { code, text } = await demo.failure();
      assert.equal(code, 'storage_unsupported', text);
      assert.match(text, /The database was not moved/);
      await addDay(oldRows);
    });
  }

  test('that cannot open its database restores a backup', async () => {
    await startOver();
    const files = Object.fromEntries(
      await Promise.all(
        ['0001.create.sql', '0002.alter-table.sql'].map(async (name) => [
          name,
          await readFile(new URL(`../../migrations/${name}`, import.meta.url), 'utf8'),
        ]),
      ),
    );
    await client.visit();
    const wind = 'ALTER TABLE weather_node ADD COLUMN wind_kn REAL;';
    await client.call('weather.mjs', 'upgradeAs', { ...files, '0003.wind.sql': wind });
    await demo.visit();
    assert.equal(await demo.errorCode(), 'database_ahead');
    await eventually(async () => assert.deepEqual(await demo.backups(), [backup]));
    await demo.reloadedBy(() => demo.restore(backup));
    assert.equal(await demo.state(), 'ready');
    assert.match(await demo.textOf('upgrade-summary'), /Upgraded from 0001\.create/);
    assert.equal(await demo.rowCount(), oldRows);
  });

  /** Makes a database of the first version and upgrades it. */
  async function startOver(/** @type {string | undefined} */ storage = undefined) {
    await demo.visit(storage);
    await demo.reloadedBy(() => demo.press('start-over'));
    assert.equal(await demo.rowCount(), oldRows);
  }

  async function addDay(/** @type {number} */ before) {
    await demo.press('add-day');
    await eventually(async () => assert.equal(await demo.rowCount(), before + dayRows));
  }

  /** Saves what the page exports under another name. */
  async function exported(/** @type {string} */ name) {
    const path = join(folder, name);
    await writeFile(path, await downloadedBy(browser(), engine, 'weather.sqlite3', () => demo.press('export')));
    return path;
  }
});

describe('the demo in a private window', () => {
  for (const engine of engines.filter(({ name }) => name === 'Firefox')) {
    test(`of ${engine.name} says in whose words it has no OPFS`, async () => {
      const browser = await Browser.start(engine, { privateWindow: true });
      try {
        const demo = new DemoPage(browser);
        await demo.visit();
        assert.equal(await demo.textOf('storage'), 'IndexedDB');
        assert.match(await demo.textOf('storage-sentence'), /this browser gives the page no private files/);
        await assertReason(demo, /OPFS: SecurityError/);
        await browser.assertNoComplaints();
      } finally {
        await browser.quit();
      }
    });
  }
});

/** The browser's own words, which are there for whoever wants to know. */
async function assertReason(/** @type {DemoPage} */ demo, /** @type {RegExp | undefined} */ reason) {
  const details = await demo.find('storage-reasons');
  assert.equal(await details.isDisplayed(), reason !== undefined);
  if (!reason) return;
  assert.equal(await textIn(details), 'Why not OPFS?');
  await press(details.findElement(By.css('summary')));
  assert.match(await textIn(details), reason);
}

/**
 * What is wrong with a file, by the code that says so.
 * @param {Buffer} file a sound one
 * @returns {Record<string, { bytes: Buffer, says: RegExp }>}
 */
function faulty(file) {
  // Source: https://www.sqlite.org/fileformat2.html#the_database_header
  const pageSize = file.readUInt16BE(16);
  const oddPages = Buffer.from(file);
  oddPages.writeUInt16BE(1000, 16);
  const corrupt = Buffer.from(file);
  corrupt.fill(0xff, 2 * pageSize, 3 * pageSize);
  return {
    not_a_database: { bytes: Buffer.from('Not a database, but a letter. '.repeat(300)), says: /Choose another file/ },
    database_truncated: { bytes: file.subarray(0, file.length / 2), says: /download or copy it again/ },
    database_corrupt: { bytes: corrupt, says: /\.recover/ },
    invalid_page_size: { bytes: oddPages, says: /Choose another file/ },
  };
}
