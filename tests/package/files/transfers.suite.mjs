// Databases as files: in, out, and what is told of those that are faulty.

import { deepEqual, equal, matches, ok, rejects } from '../../pages/assert.mjs';
import { readStored, writeStored } from '../../pages/stored-file.mjs';
import { migrating } from '../../pages/worker-options.mjs';

/** @typedef {import('../../../client/index.js').Database} Database */
/** @typedef {import('../../../client/index.js').DurableKind} DurableKind */
/** @typedef {import('../../../client/index.js').ErrorCode} ErrorCode */
/** @typedef {import('../../pages/suite.mjs').Context} Context */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const create = { '1.item.sql': 'CREATE TABLE item (id INTEGER PRIMARY KEY, value);' };
const newer = { ...create, '2.label.sql': 'CREATE TABLE label AS SELECT id, upper(value) AS text FROM item;' };

/** What a release adds to a database that it did not make. */
const label = { '1.label.sql': 'CREATE TABLE label AS SELECT id, value FROM item;' };

/** What was made with Python, and what is special about it. See files/make.py. */
const foreign = {
  'wal.sqlite3': {},
  'page-512.sqlite3': { page_size: 512 },
  'page-65536.sqlite3': { page_size: 65536 },
  'auto-vacuum.sqlite3': { auto_vacuum: 1 },
  'utf-16.sqlite3': { encoding: 'UTF-16le' },
};

/** They were closed before they were copied. */
const withoutLog = { wal: null };

/** @type {import('../../pages/suite.mjs').Suite} */
export const tests = {
  async 'an option of an import that it cannot have is refused, and named'({ wheatear, name, options }) {
    for (const wrong of [{ storage: 'memory' }, { storage: 'nonsense' }, { overwrite: 'yes' }]) {
      const given = /** @type {any} */ ({ ...options, ...wrong });
      const [option] = Object.keys(wrong);
      const promise = wheatear.importDatabase(name, new Blob(['x']), given);
      await rejects(promise, wheatear.DefinitionError, 'invalid_option', new RegExp(`option ${option} must be`));
    }
  },

  async 'names in the schema that are not UTF-8 cost an answer at most, and never the worker'(context) {
    const { wheatear } = context;
    for (const [file, every, columns] of /** @type {const} */ ([
      ['min-badcol', 'SELECT * FROM b', ['id', 'ca\ufffde']],
      ['min-badtable', 'SELECT * FROM ok', ['x']],
      ['min-badtrigger', 'SELECT * FROM ok', ['x']],
    ])) {
      await withCopy(context, file, async (copy) => {
        const options = { ...at(copy, { '1.later.sql': 'CREATE TABLE later (a);' }), unmanaged: 'apply' };
        const stored = await (await fetch(`/trials/files/${file}.db`)).blob();
        await wheatear.importDatabase(copy.name, stored, at(copy, create));
        const database = await wheatear.open(copy.name, /** @type {any} */ (options));
        try {
          deepEqual((await database.query(every, [], { rows: 'array' })).columns, columns);
          const writes = ['INSERT INTO ok VALUES (1)', 'INSERT INTO b (id) VALUES (77)', 'VACUUM', 'DELETE FROM ok'];
          for (const sql of writes) {
            const code = await database.run(sql).then(
              () => 'query_failed',
              (error) => error.code,
            );
            equal(code, 'query_failed');
          }
          await checkIntegrity(database);
        } finally {
          await database.close();
        }
      });
    }
  },

  async 'what was exported can be imported, under any name, and is upgraded like any other'(context) {
    const { wheatear, name } = context;
    const files = [];
    await use(context, create, async (database) => {
      await database.exec(fill(3000));
      files.push(await database.export());
    });
    files.push(await wheatear.exportDatabase(name, at(context, create)));
    deepEqual(await bytesOf(files[0]), await bytesOf(files[1]));
    for (const [index, file] of files.entries()) {
      await withCopy(context, `copy ${index} ü`, async (copy) => {
        await wheatear.importDatabase(copy.name, file, at(copy, create));
        equal(await homeOf(copy), context.storage);
        await use(copy, newer, async ({ report, storage }) => {
          equal(storage.kind, context.storage);
          deepEqual([report.from, report.applied.map(({ id }) => id)], ['1.item', ['2.label']]);
        });
        await use(copy, newer, async (database) => {
          const sql = 'SELECT count(*) AS count, max(text) AS last FROM label';
          deepEqual(await database.query(sql), [{ count: 3000, last: 'ITEM 999' }]);
          await checkIntegrity(database);
        });
      });
    }
    // The one it came from is not involved.
    await use(context, create, async ({ report }) => equal(report.to, '1.item'));
  },

  async 'a database of any storage can be taken to any other as a file'(context) {
    const { wheatear, name } = context;
    const options = { ...at(context, create), storage: /** @type {const} */ ('memory') };
    const memory = await wheatear.open(name, options);
    await memory.exec(fill(10));
    const file = await memory.export();
    await memory.close();
    await wheatear.importDatabase(name, file, at(context, create));
    await use(context, create, async (database) => equal(await count(database), 10));
    const kept = wheatear.importDatabase(name, file, {
      ...at(context, create),
      storage: /** @type {any} */ ('memory'),
    });
    await rejects(kept, wheatear.DefinitionError, 'invalid_option', /memory/);
  },

  async 'files that another SQLite has made are imported, and stay what they were'(context) {
    for (const [file, special] of Object.entries(foreign)) {
      await withCopy(context, file, async (copy) => {
        const options = { ...at(copy, create), ...withoutLog };
        deepEqual(await copy.wheatear.importDatabase(copy.name, await fetched(file), options), { warnings: [] });
        await lookAtForeign(copy, special);
      });
    }
  },

  async 'a file takes the place of a database only if that is said, and then all of it'(context) {
    const { wheatear, name } = context;
    await use(context, create, (database) => database.exec(`${fill(5)}; CREATE TABLE mine (value);`));
    const before = await storedBytes(context);
    for (const overwrite of [undefined, false]) {
      const options = { ...at(context, create), ...(overwrite === undefined ? {} : { overwrite }) };
      const refused = wheatear.importDatabase(name, await fetched('wal.sqlite3'), options);
      await rejects(refused, wheatear.StorageError, 'database_exists', /overwrite: true/);
    }
    deepEqual(await storedBytes(context), before);
    // From one size of a page to another, and to another mode.
    for (const file of ['page-65536.sqlite3', 'page-512.sqlite3', 'auto-vacuum.sqlite3', 'wal.sqlite3']) {
      const options = { ...at(context, create), ...withoutLog, overwrite: true };
      await wheatear.importDatabase(name, await fetched(file), options);
      await lookAtForeign(context, foreign[/** @type {keyof typeof foreign} */ (file)]);
    }
    await use(context, label, async (database) => {
      deepEqual(await database.query("SELECT name FROM sqlite_schema WHERE name = 'mine'"), []);
    });
  },

  async 'a page that is put into the back/forward cache stops to import, and one file or the other is there'(context) {
    const { wheatear, name } = context;
    await wheatear.importDatabase(name, await fetched('page-512.sqlite3'), at(context, label));
    const file = await fetched('wal.sqlite3');
    for (const turns of [0, 20, 100]) {
      const options = { ...at(context, create), ...withoutLog, overwrite: true };
      const importing = wheatear.importDatabase(name, file, options);
      // Where there are many turns it may have been done before.
      const stopped = turns === 0 ? rejects(importing, wheatear.ConnectionError, 'closed', /page was left/) : importing;
      for (let turn = 0; turn < turns; turn++) await nextTurn();
      dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
      await stopped.catch((error) => equal(error.code, 'closed'));
      await use(context, label, async (database) => {
        deepEqual(await database.query('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
      });
    }
    await wheatear.importDatabase(name, file, { ...at(context, create), ...withoutLog, overwrite: true });
    await lookAtForeign(context, foreign['wal.sqlite3']);
  },

  async 'a file whose newest rows may lie in the -wal beside it takes the place of none until that is said'(context) {
    const { wheatear, name } = context;
    await use(context, create, (database) => database.exec(fill(3)));
    const before = await storedBytes(context);
    for (const file of [await fetched('log.sqlite3'), await settledCase(), await fetched('wal.sqlite3')]) {
      const options = { ...at(context, create), overwrite: true };
      await rejects(wheatear.importDatabase(name, file, options), wheatear.StorageError, 'wal_missing', /-wal/);
      deepEqual(await storedBytes(context), before);
    }
    const wrong = { ...at(context, create), overwrite: true, wal: /** @type {any} */ ('none') };
    await rejects(
      wheatear.importDatabase(name, await fetched('log.sqlite3'), wrong),
      wheatear.DefinitionError,
      'invalid_option',
      /wal must be/,
    );
    for (const wal of [await fetched('page-512.sqlite3'), (await fetched('log.sqlite3-wal')).slice(0, 20)]) {
      const options = { ...at(context, create), overwrite: true, wal };
      const refused = wheatear.importDatabase(name, await fetched('log.sqlite3'), options);
      await rejects(refused, wheatear.StorageError, 'not_a_database', /-wal/);
    }
    deepEqual(await storedBytes(context), before);
    const options = { ...at(context, create), overwrite: true, wal: await fetched('log.sqlite3-wal') };
    deepEqual(await wheatear.importDatabase(name, await fetched('log.sqlite3'), options), { warnings: [] });
    await lookAtForeign(context, {});
  },

  async 'what is wrong with rows is a warning, whichever way a database goes'(context) {
    const { wheatear, name } = context;
    const rules = await fetchedCase('38-rows-against-a-check/file.sqlite3');
    const { warnings } = await wheatear.importDatabase(name, rules, at(context, label));
    equal(warnings.length, 2);
    matches(String(warnings), /CHECK constraint failed in visit/);
    const other = { '1.other.sql': 'CREATE TABLE other (a);' };
    const visits = async (/** @type {Database} */ database) =>
      deepEqual(await database.query('SELECT count(*) AS count FROM visit'), [{ count: 2 }]);
    await use(context, {}, visits);
    const database = await wheatear.open(name, { ...at(context, other), backup: true });
    await visits(database);
    const backup = String(database.backup);
    await database.close();
    deepEqual((await wheatear.restoreBackup(backup, at(context, other))).warnings, warnings);
    await use(context, other, visits);
    const to = context.storage === 'opfs' ? 'indexeddb' : 'opfs';
    if (to === 'opfs' && !('storage' in navigator && navigator.storage.getDirectory)) return;
    deepEqual((await wheatear.moveDatabase(name, to, at(context, other))).warnings, warnings);
    await use({ ...context, storage: to }, other, visits);
  },

  async 'a database that needs a collation which the page lacks is imported, and its other tables upgraded'(context) {
    const { wheatear, name } = context;
    const file = await fetchedCase('30-unknown-collation/collation.sqlite3');
    const { warnings } = await wheatear.importDatabase(name, file, at(context, label));
    equal(warnings.length, 1);
    matches(String(warnings), /house_rules/);
    await use(context, { '1.stars.sql': 'ALTER TABLE card ADD COLUMN stars INTEGER;' }, async (database) => {
      equal((await database.query('SELECT stars FROM card')).length, 2);
      const refused = database.query('SELECT id FROM deck ORDER BY name');
      await rejects(refused, wheatear.QueryError, 'query_failed', /house_rules/);
    });
  },

  async 'what passes the check opens, and what is refused leaves the old database'(context) {
    const { wheatear, name } = context;
    await use(context, create, (database) => database.exec(fill(7)));
    /** @type {Record<string, ErrorCode>} */
    const refused = {
      'min-freelist-view.db': 'database_corrupt',
      'write-version-3.sqlite3': 'not_a_database',
      'encrypted-plain-header.sqlite3': 'database_encrypted',
    };
    for (const [file, code] of Object.entries(refused)) {
      const bytes = await fetchedCase(`files/${file}`);
      const options = { ...at(context, create), overwrite: true };
      await named(file, rejects(wheatear.importDatabase(name, bytes, options), wheatear.StorageError, code));
      await use(context, create, async (database) => equal(await count(database), 7));
    }
    const behind = new Blob([await fetched('auto-vacuum.sqlite3'), new Uint8Array(777)]);
    await wheatear.importDatabase(name, behind, { ...at(context, create), overwrite: true });
    await lookAtForeign(context, foreign['auto-vacuum.sqlite3']);
  },

  async 'a faulty file is refused for what it is, and a database that is there stays as it is'(context) {
    const { wheatear, name } = context;
    await use(context, create, (database) => database.exec(fill(3000)));
    const before = await storedBytes(context);
    for (const [what, { bytes, code, message }] of Object.entries(faulty(before))) {
      const options = { ...at(context, create), overwrite: true };
      const refused = wheatear.importDatabase(name, new Blob([bytes]), options);
      await named(what, rejects(refused, wheatear.StorageError, code, message));
      deepEqual(await storedBytes(context), before);
    }
    for (const no of [null, undefined, 'a path', new ArrayBuffer(10), { size: 10 }]) {
      const refused = wheatear.importDatabase(name, /** @type {any} */ (no), {
        ...at(context, create),
        overwrite: true,
      });
      await rejects(refused, wheatear.DefinitionError, 'invalid_option', /Blob/);
    }
    deepEqual(await storedBytes(context), before);
    await use(context, create, async (database) => equal(await count(database), 3000));
  },

  async 'a faulty file under a new name leaves nothing behind'(context) {
    const { wheatear, name } = context;
    const sound = await bytesOf(await fetched('auto-vacuum.sqlite3'));
    for (const [what, { bytes, code }] of Object.entries(faulty(sound))) {
      const refused = wheatear.importDatabase(name, new Blob([bytes]), at(context, create));
      await named(what, rejects(refused, wheatear.StorageError, code));
      equal(await homeOf(context), undefined);
    }
    await wheatear.importDatabase(name, new Blob([sound]), at(context, create));
    equal(await homeOf(context), context.storage);
  },

  async 'a stored database that is faulty is refused for what it is, and not touched'(context) {
    const { wheatear, name, storage } = context;
    await use(context, create, (database) => database.exec(fill(3000)));
    const sound = await readStored(name, /** @type {DurableKind} */ (storage));
    for (const [what, { bytes, code, stored }] of Object.entries(faulty(sound))) {
      if (!stored) continue;
      await writeStored(name, /** @type {DurableKind} */ (storage), bytes);
      await named(what, rejects(wheatear.open(name, at(context, newer)), wheatear.StorageError, code));
      deepEqual(await readStored(name, /** @type {DurableKind} */ (storage)), bytes);
      // It can still be had as it is, for whoever may mend it; and it is in the way of a file.
      deepEqual(await storedBytes(context), bytes);
      const refused = wheatear.importDatabase(name, new Blob([sound]), at(context, create));
      await named(what, rejects(refused, wheatear.StorageError, 'database_exists'));
      deepEqual(await readStored(name, /** @type {DurableKind} */ (storage)), bytes);

      // Closed, so that nothing of it was in its log.
      const options = { ...at(context, create), overwrite: true, wal: null };
      await wheatear.importDatabase(name, new Blob([sound]), options);
      await use(context, create, async (database) => equal(await count(database), 3000));
    }
  },

  async 'a file that cannot be read is an error of its own, and the database stays as it is'(context) {
    const { wheatear, name } = context;
    // Only there can a page make a file of that kind.
    if (!('storage' in navigator && navigator.storage.getDirectory)) return;
    await use(context, create, (database) => database.exec(fill(10)));
    const before = await storedBytes(context);
    const refused = wheatear.importDatabase(name, await deletedFile(), { ...at(context, create), overwrite: true });
    await rejects(refused, wheatear.StorageError, 'storage_io', /could not be read/);
    deepEqual(await storedBytes(context), before);
  },

  async 'databases are listed by name, in order, and each is its own'(context) {
    const { wheatear } = context;
    const names = [
      '%41',
      '..',
      '🐦',
      'É',
      'A',
      '.',
      ' ',
      'é',
      'x.moving',
      'a/b\\c',
      'a',
      'e\u0301',
      '数据库',
      '"<&>\'',
    ];
    const own = names.map((name) => ({ ...context, name }));
    try {
      for (const [index, each] of own.entries()) {
        await use(each, create, (database) => database.query('INSERT INTO item VALUES (?, ?)', [index, each.name]));
      }
      const listed = (await wheatear.listDatabases()).filter(({ name }) => names.includes(name));
      const sorted = [...names].sort((a, b) => (a < b ? -1 : 1));
      deepEqual(
        listed,
        sorted.map((name) => ({ name, storage: context.storage })),
      );
      await wheatear.deleteDatabase('a');
      await wheatear.deleteDatabase('..');
      const left = sorted.filter((name) => name !== 'a' && name !== '..');
      deepEqual(
        (await wheatear.listDatabases()).map(({ name }) => name).filter((name) => names.includes(name)),
        left,
      );
      for (const [index, each] of own.entries()) {
        if (!left.includes(each.name)) continue;
        await use(each, create, async (database) => {
          deepEqual(await database.query('SELECT * FROM item'), [{ id: index, value: each.name }]);
        });
      }
    } finally {
      for (const name of names) await wheatear.deleteDatabase(name);
    }
  },
};

/**
 * Faults of files, made of a sound one of many pages of 4096 bytes; `stored`: opening would notice, too, although it does
 * not read everything.
 *
 * @returns {Record<string, { bytes: Bytes, code: ErrorCode, message?: RegExp, stored?: boolean }>}
 */
function faulty(/** @type {Bytes} */ sound) {
  const text = new TextEncoder().encode('To be, or not to be, that is the question. '.repeat(200));
  const png = random(5001);
  png.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const pageSize = new Uint8Array(sound);
  new DataView(pageSize.buffer).setUint16(16, 1000);
  const damaged = new Uint8Array(sound).fill(0xff, 3 * 4096, 6 * 4096);
  const damagedSchema = new Uint8Array(sound).fill(0xff, 100, 4096);
  return {
    text: { bytes: text, code: 'not_a_database', stored: true },
    'text of whole pages': { bytes: text.slice(0, 8192), code: 'not_a_database', stored: true },
    'a picture': { bytes: png, code: 'not_a_database', stored: true },
    'an empty file': { bytes: new Uint8Array(0), code: 'not_a_database', message: /empty/ },
    'the half of it': { bytes: sound.slice(0, sound.length / 2), code: 'database_truncated', stored: true },
    'all but the last byte': { bytes: sound.slice(0, -1), code: 'database_truncated' },
    'the beginning of the header': { bytes: sound.slice(0, 50), code: 'database_truncated', stored: true },
    'a page size that there is not': { bytes: pageSize, code: 'invalid_page_size', message: /1000/, stored: true },
    'an encrypted one': { bytes: random(10 * 4096), code: 'database_encrypted', stored: true },
    'damaged pages': { bytes: damaged, code: 'database_corrupt' },
    'a damaged schema': { bytes: damagedSchema, code: 'database_corrupt', stored: true },
  };
}

/** Not by chance another each time. */
function random(/** @type {number} */ length) {
  const bytes = new Uint8Array(length);
  let state = 1;
  return bytes.map(() => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 16;
  });
}

/** Options of a release that carries these migrations. */
function at(/** @type {Context} */ { storage }, /** @type {Record<string, string>} */ files) {
  return { ...migrating(files), storage: /** @type {DurableKind} */ (storage) };
}

async function use(
  /** @type {Context} */ context,
  /** @type {Record<string, string>} */ files,
  /** @type {(database: Database) => Promise<unknown>} */ work,
) {
  const database = await context.wheatear.open(context.name, at(context, files));
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

/** Works with a database of another name, which is deleted afterwards. */
async function withCopy(
  /** @type {Context} */ context,
  /** @type {string} */ suffix,
  /** @type {(copy: Context) => Promise<void>} */ work,
) {
  const copy = { ...context, name: `${context.name} ${suffix}` };
  try {
    await work(copy);
  } finally {
    await context.wheatear.deleteDatabase(copy.name);
  }
}

async function lookAtForeign(/** @type {Context} */ context, /** @type {object} */ special) {
  await use(context, label, async (database) => {
    for (const [pragma, value] of Object.entries(special)) {
      deepEqual(await database.query(`PRAGMA ${pragma}`), [{ [pragma]: value }]);
    }
    equal(database.report.applied.length, 1);
    const sql = 'SELECT count(*) AS count, min(value) AS first FROM label JOIN item USING (id, value)';
    deepEqual(await database.query(sql), [{ count: 500, first: 'item 1' }]);
    deepEqual(await database.query("SELECT id FROM item WHERE value = 'item 77'"), [{ id: 77 }]);
    await checkIntegrity(database);
    const [mode] = await database.query('PRAGMA journal_mode');
    ok(mode?.journal_mode !== 'wal', 'it has a write-ahead log');
  });
}

async function fetched(/** @type {string} */ file) {
  const response = await fetch(`/pages/files/${file}`);
  equal(response.status, 200);
  return response.blob();
}

/** One of the files that were in the way once. */
async function fetchedCase(/** @type {string} */ path) {
  const response = await fetch(`/trials/${path}`);
  equal(response.status, 200);
  return response.blob();
}

function settledCase() {
  return fetchedCase('33-everything-in-the-wal/files/old-rows-settled.sqlite3');
}

/** A file whose content is gone; its name and size are known all the same. */
async function deletedFile() {
  const origin = await navigator.storage.getDirectory();
  const handle = await origin.getFileHandle('gone.sqlite3', { create: true });
  const stream = await handle.createWritable();
  await stream.write(await fetched('wal.sqlite3'));
  await stream.close();
  const file = await handle.getFile();
  await origin.removeEntry('gone.sqlite3');
  return file;
}

/** A script that adds rows. */
function fill(/** @type {number} */ count) {
  return `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${count})
    INSERT INTO item SELECT i, printf('item %d', i) FROM n`;
}

async function count(/** @type {Database} */ database) {
  const [row] = await database.query('SELECT count(*) AS count FROM item');
  return row?.count;
}

async function checkIntegrity(/** @type {Database} */ database) {
  deepEqual(await database.query('PRAGMA integrity_check'), [{ integrity_check: 'ok' }]);
}

async function storedBytes(/** @type {Context} */ context) {
  return bytesOf(await context.wheatear.exportDatabase(context.name, at(context, create)));
}

async function bytesOf(/** @type {Blob | undefined} */ blob) {
  return new Uint8Array(await /** @type {Blob} */ (blob).arrayBuffer());
}

/** Where it is listed. */
async function homeOf(/** @type {Context} */ { wheatear, name }) {
  return (await wheatear.listDatabases()).find((database) => database.name === name)?.storage;
}

/** Says which of many cases it was that failed. */
async function named(/** @type {string} */ what, /** @type {Promise<unknown>} */ promise) {
  try {
    await promise;
  } catch (error) {
    throw new Error(`${what}: ${error}`);
  }
}

/** Lets the page do what has come. */
function nextTurn() {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(undefined);
  });
}
