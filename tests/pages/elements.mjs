// An application whose screens are those of wheatear/ui. Which of its builds this is, is in localStorage, as if a server had it.

import { open } from '/package/index.js';
import '/package/ui.js';

const create = { '0001.create.sql': 'CREATE TABLE note (text);' };

/** @type {Record<string, Record<string, string>>} */
const builds = {
  first: create,
  // Rows have the same text.
  broken: { ...create, '0002.unique.sql': 'CREATE UNIQUE INDEX note_text ON note (text);' },
  mended: { ...create, '0002.index.sql': 'CREATE INDEX note_text ON note (text);' },
  endless: {
    ...create,
    '0002.index.sql': 'CREATE INDEX note_text ON note (text);',
    '0003.count.sql':
      'CREATE TABLE number AS WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;',
  },
};

const app = /** @type {HTMLElement} */ (document.querySelector('#app'));
const cancelling = new AbortController();

const upgrade = document.createElement('wheatear-upgrade');
const cancel = document.createElement('button');
cancel.textContent = 'Cancel';
cancel.addEventListener('click', () => cancelling.abort());
upgrade.append(cancel);
app.append(upgrade);

/** Opens the database of the build, and shows how many notes there are, or what is in the way. */
async function start() {
  const { build = '' } = localStorage;
  try {
    const db = await open('notes', {
      migrations: builds[build] ?? create,
      onProgress: upgrade.onProgress,
      onSuperseded: () => app.prepend(document.createElement('wheatear-superseded')),
      signal: cancelling.signal,
    });
    if (build === 'first') await db.exec("INSERT INTO note VALUES ('the same'), ('the same')");
    const [{ count } = { count: undefined }] = await db.query('SELECT count(*) AS count FROM note');
    app.append(Object.assign(document.createElement('output'), { textContent: `${build}: ${count} notes` }));
  } catch (error) {
    const recovery = document.createElement('wheatear-recovery');
    recovery.error = error;
    recovery.database = 'notes';
    app.append(recovery);
  } finally {
    upgrade.remove();
  }
}

await start();
