// A worker whose script adds migrations in code: which ones, its address says.

import { serve } from '/package/worker.js';

/** @typedef {import('/package/worker.js').CodeTransaction} CodeTransaction */

class BirdError extends RangeError {
  constructor(/** @type {string} */ message, /** @type {ErrorOptions} */ options) {
    super(message, options);
    this.name = 'BirdError';
  }
}

/** @type {CodeTransaction | undefined} */
let kept;

/** Gives the code of the error that something throws. */
function codeOf(/** @type {() => unknown} */ work) {
  try {
    work();
  } catch (error) {
    return /** @type {any} */ (error).code;
  }
  return 'none';
}

const slug = {
  version: '1',
  depends: ['0001.note'],
  up(/** @type {CodeTransaction} */ tx) {
    for (const { rowid, text } of tx.query('SELECT rowid, text FROM note')) {
      tx.run('UPDATE note SET slug = ? WHERE rowid = ?', [`${text}`.toLowerCase(), rowid ?? null]);
    }
  },
  down(/** @type {CodeTransaction} */ tx) {
    tx.exec('UPDATE note SET slug = NULL; DELETE FROM note WHERE text IS NULL;');
  },
};

/** A step that begins with a change, which must be undone. */
const failing = (/** @type {(tx: CodeTransaction) => unknown} */ fails) => ({
  '0002.slug': {
    version: '1',
    up(/** @type {CodeTransaction} */ tx) {
      tx.run("INSERT INTO note (text) VALUES ('half')");
      return fails(tx);
    },
  },
});

/** @type {Record<string, any>} */
const codes = {
  slug: { '0002.slug': slug },
  edited: { '0002.slug': { ...slug, version: '2' } },
  renamed: { '0002.of-slugs': { ...slug, was: ['0002.slug'] } },
  more: { '0002.slug': slug, '0009.more': { version: '1', compatible: true, up() {} } },
  values: {
    '0002.values': {
      version: '1',
      up(/** @type {CodeTransaction} */ tx) {
        const bytes = new Uint8Array([0, 255]);
        const { changes, lastInsertRowid } = tx.run('INSERT INTO note (text, slug) VALUES (:a, :b), (7, 8)', {
          a: 2n ** 60n,
          b: bytes,
        });
        const [row] = tx.query("SELECT text, slug, NULL AS none, 1.5 AS real FROM note WHERE typeof(slug) = 'blob'");
        const again = tx.run("UPDATE note SET text = 'x' WHERE 0");
        tx.exec('DELETE FROM note');
        const told = [changes, lastInsertRowid, row?.text, row?.slug, row?.none, row?.real, again];
        tx.run('INSERT INTO note (text) VALUES (?)', [
          JSON.stringify(told, (_, value) =>
            typeof value === 'bigint' ? `${value}n` : value instanceof Uint8Array ? [...value] : value,
          ),
        ]);
      },
    },
  },
  'throws an error': failing(() => {
    throw new BirdError('no bird', { cause: new TypeError('an egg') });
  }),
  'throws an object': failing(() => {
    throw { bird: 7n };
  }),
  'throws a function': failing(() => {
    throw () => 'bird';
  }),
  'throws what SQLite says': failing((tx) => tx.query('SELECT 1,\n  absent FROM note')),
  'throws what is bound': failing((tx) => tx.run('DELETE FROM note WHERE text = ?', [/** @type {any} */ (new Date())])),
  'is asynchronous': failing(async (tx) => {
    await null;
    tx.run('DELETE FROM note');
  }),
  'ends the transaction': {
    '0002.control': {
      version: '1',
      up(/** @type {CodeTransaction} */ tx) {
        const refused = ['COMMIT', ' /* so */ rollback;', 'BEGIN', 'END'].flatMap((sql) => [
          codeOf(() => tx.exec(sql)),
          codeOf(() => tx.query(sql)),
          codeOf(() => tx.run(sql)),
        ]);
        tx.exec('SAVEPOINT mine; DELETE FROM note; ROLLBACK TO mine; RELEASE mine;');
        tx.run('UPDATE note SET slug = ?', [JSON.stringify([...new Set(refused)])]);
      },
    },
  },
  'rolls back by a conflict': failing((tx) => {
    tx.exec('CREATE UNIQUE INDEX only ON note (text)');
    const code = codeOf(() => tx.run("INSERT OR ROLLBACK INTO note (text) VALUES ('half')"));
    throw new Error(`${code}, ${codeOf(() => tx.run('CREATE TABLE outside (x)'))}`);
  }),
  'is used later': {
    '0002.keeps': {
      version: '1',
      up(/** @type {CodeTransaction} */ tx) {
        kept = tx;
      },
    },
    '0003.uses': { version: '1', up: () => kept?.run('DELETE FROM note') },
  },
  'no version': { '0002.slug': { ...slug, version: undefined } },
  'no function': { '0002.slug': { version: '1', up: 'UPDATE note SET slug = 1' } },
  'no step': { '0002.slug': null },
  'no list': { '0002.slug': { ...slug, depends: '0001.note' } },
  misspelt: { '0002.slug': { ...slug, depend: [] } },
  'of SQL': { '0001.note': { ...slug, depends: [] } },
  'depends on nothing': { '0002.slug': { ...slug, depends: ['0001.absent'] } },
  'no object': [],
};

const which = decodeURIComponent(location.search.slice(1));
serve(which === 'no option' ? /** @type {any} */ ({ cod: {} }) : { code: which === 'no object' ? 7 : codes[which] });
