// The package where there is no browser: a server that renders pages imports it, too.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

/** What a module in Node.js prints; one that does not end would be waited for without end. */
function run(/** @type {string} */ script) {
  const options = /** @type {const} */ ({ encoding: 'utf8', timeout: 20_000 });
  const { status, stdout, stderr } = spawnSync('node', ['--input-type=module', '--eval', script], options);
  return { status, stderr, stdout };
}

/** The address of a file of the package, as JavaScript. */
const packageFile = (/** @type {string} */ path) =>
  JSON.stringify(new URL(`../../../dist/package/${path}`, import.meta.url).href);

// The lean one is a copy, which is there once there is a module for it.
const entries = ['index.js', 'lean/index.js', 'worker.js'].filter((entry) =>
  existsSync(new URL(`../../../dist/package/${entry}`, import.meta.url)),
);

for (const entry of entries) {
  test(`importing ${entry} in Node.js has no effect, and lets the process end`, () => {
    const script = `const before = Object.keys(globalThis).length;
      await import(${packageFile(entry)});
      process.stdout.write(String(Object.keys(globalThis).length - before));`;
    assert.deepEqual(run(script), { status: 0, stderr: '', stdout: '0' });
  });
}

test('each function says in Node.js that there is no browser, or works', () => {
  const script = `const wheatear = await import(${packageFile('index.js')});
    const migrations = { '0001.create.sql': 'CREATE TABLE t (a INTEGER)' };
    const calls = {
      open: [['x', { migrations }], ['x', { migrations, storage: 'memory' }], ['x', { worker: () => new Worker('x') }]],
      listDatabases: [[]],
      deleteDatabase: [['x']],
      exportDatabase: [['x']],
      importDatabase: [['x', new Blob(['x'])]],
      moveDatabase: [['x', 'indexeddb']],
      listBackups: [['x']],
      restoreBackup: [['1764000000000.x']],
    };
    const isClass = (value) => /^class/.test(String(value));
    const functions = Object.keys(wheatear).filter((name) => !isClass(wheatear[name]) && name !== 'sql');
    const answers = functions.sort().map(async (name) => {
      const said = (calls[name] ?? []).map((given) => wheatear[name](...given).then(
        () => 'nothing',
        (error) => error instanceof wheatear.StorageError && /There is no browser here/.test(error.message) && error.code,
      ));
      return [name, ...new Set(await Promise.all(said))];
    });
    wheatear.sql\`SELECT \${1}\`;
    new wheatear.ChangeEvent(['t']);
    process.stdout.write(JSON.stringify(await Promise.all(answers)));`;
  const { status, stderr, stdout } = run(script);
  assert.deepEqual([status, stderr], [0, '']);
  const functions = [
    'deleteDatabase',
    'exportDatabase',
    'importDatabase',
    'listBackups',
    'listDatabases',
    'moveDatabase',
  ];
  assert.deepEqual(
    JSON.parse(stdout),
    [...functions, 'open', 'restoreBackup'].map((name) => [name, 'storage_unsupported']),
  );
});

test('serve says in Node.js where it belongs', () => {
  const script = `const { serve } = await import(${packageFile('worker.js')});
    try { serve({}); } catch (error) { process.stdout.write(\`\${error.code}: \${error.message}\`); }`;
  const { status, stderr, stdout } = run(script);
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /^storage_unsupported: There is no browser here/);
});
