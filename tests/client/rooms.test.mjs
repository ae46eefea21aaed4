// The rooms of client/: what stands where, how big a file may be, and that an import through a wall is refused.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const client = join(root, 'client');

/** What no file may have more of, documentation comments not counted. */
const mostLines = 400;

const files = readdirSync(client, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => extname(file) === '.ts');

test(`no file has more than ${mostLines} lines`, () => {
  const long = files.filter((file) => {
    const text = readFileSync(join(client, file), 'utf8');
    return text.replace(/^ *\/\*\*.*?\*\/\n/gms, '').split('\n').length - 1 > mostLines;
  });
  assert.deepEqual(long, []);
});

test('at the top stands what the package exports, and nothing else', () => {
  const { exports, bin } = JSON.parse(readFileSync(join(root, 'dist', 'package', 'package.json'), 'utf8'));
  // The lean ones are copies, with another module.
  const { './lean': lean, './lean/ui': leanUi, './lean/worker': leanWorker, './imports': imports, ...own } = exports;
  assert.deepEqual(lean, { types: './lean/index.d.ts', default: './lean/index.js' });
  assert.deepEqual(leanUi, { types: './lean/ui.d.ts', default: './lean/ui.js' });
  assert.deepEqual(leanWorker, { types: './lean/worker.d.ts', default: './lean/worker.js' });
  // What only the compiler reads.
  assert.deepEqual(imports, { types: './imports.d.ts' });
  const entries = Object.values(own).map((entry) => basename(entry.default, '.js'));
  for (const [at, entry] of Object.values(own).entries()) {
    assert.deepEqual(entry, { types: `./${entries[at]}.d.ts`, default: `./${entries[at]}.js` });
  }
  assert.deepEqual(bin, { wheatear: './cli.js' });
  const top = files.filter((file) => dirname(file) === '.').map((file) => basename(file, '.ts'));
  assert.deepEqual(top.sort(), [...entries, 'cli', 'imports.d'].sort());
});

test('every room has a wall', () => {
  const { overrides } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  const rooms = new Set(files.filter((file) => dirname(file) !== '.').map((file) => file.split('/', 1)[0]));
  const walls = overrides.flatMap((/** @type {{ includes: string[] }} */ { includes }) => includes);
  for (const room of rooms) assert.ok(walls.includes(`client/${room}/**`), room);
});

/** Imports, by the file that has them, and whether it may. */
const imports = [
  { from: 'page/a', to: '../worker/x.js', isRefused: true },
  { from: 'page/b', to: '../worker.js', isRefused: true },
  { from: 'page/c', to: '../index.js', isRefused: true },
  { from: 'page/d', to: '../storage/x.js', isRefused: false },
  { from: 'page/e', to: '../protocol/x.js', isRefused: false },
  { from: 'page/f', to: './tab/x.js', isRefused: false },
  { from: 'page/tab/a', to: '../../worker/x.js', isRefused: true },
  { from: 'page/tab/b', to: '../../worker.js', isRefused: true },
  { from: 'page/tab/c', to: '../x.js', isRefused: false },
  { from: 'page/tab/d', to: '../../storage/x.js', isRefused: false },
  { from: 'worker/a', to: '../page/x.js', isRefused: true },
  { from: 'worker/b', to: '../page/tab/x.js', isRefused: true },
  { from: 'worker/c', to: '../index.js', isRefused: true },
  { from: 'worker/d', to: '../worker.js', isRefused: true },
  { from: 'worker/e', to: '../storage/x.js', isRefused: false },
  { from: 'worker/f', to: '../protocol/x.js', isRefused: false },
  { from: 'storage/a', to: '../page/x.js', isRefused: true },
  { from: 'storage/b', to: '../worker/x.js', isRefused: true },
  { from: 'storage/c', to: '../index.js', isRefused: true },
  { from: 'storage/d', to: '../worker.js', isRefused: true },
  { from: 'storage/e', to: '../protocol/x.js', isRefused: false },
  { from: 'protocol/a', to: '../storage/x.js', isRefused: true },
  { from: 'protocol/b', to: '../page/x.js', isRefused: true },
  { from: 'protocol/c', to: '../worker/x.js', isRefused: true },
  { from: 'protocol/d', to: '../index.js', isRefused: true },
  { from: 'protocol/e', to: './x.js', isRefused: false },
  { from: 'build/a', to: '../page/x.js', isRefused: true },
  { from: 'build/b', to: '../protocol/x.js', isRefused: true },
  { from: 'build/c', to: './x.js', isRefused: false },
  { from: 'kysely/a', to: '../worker/x.js', isRefused: true },
  { from: 'kysely/b', to: '../storage/x.js', isRefused: true },
  { from: 'kysely/c', to: '../page/x.js', isRefused: false },
  { from: 'kysely/d', to: '../protocol/x.js', isRefused: false },
  { from: 'react/a', to: '../worker/x.js', isRefused: true },
  { from: 'react/b', to: '../page/x.js', isRefused: false },
  { from: 'ui/a', to: '../worker/x.js', isRefused: true },
  { from: 'ui/b', to: '../storage/x.js', isRefused: true },
  { from: 'ui/c', to: '../page/x.js', isRefused: false },
  { from: 'testing/a', to: '../page/x.js', isRefused: false },
  { from: 'testing/b', to: '../worker/x.js', isRefused: false },
  { from: 'testing/c', to: '../index.js', isRefused: true },
  { from: 'testing/d', to: '../build/x.js', isRefused: true },
  { from: 'drizzle/a', to: '../worker/x.js', isRefused: true },
  { from: 'drizzle/b', to: '../page/x.js', isRefused: false },
  { from: 'protocol/circle-a', to: './circle-b.js', isRefused: true },
  { from: 'protocol/circle-b', to: './circle-c.js', isRefused: true },
  { from: 'protocol/circle-c', to: './circle-a.js', isRefused: true },
];

test('an import through a wall is refused, of values and of types, and so is a circle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wheatear-rooms-'));
  try {
    for (const file of ['biome.json', '.gitignore']) copyFileSync(join(root, file), join(folder, file));
    const write = (/** @type {string} */ file, /** @type {string} */ text) => {
      mkdirSync(dirname(join(folder, 'client', file)), { recursive: true });
      writeFileSync(join(folder, 'client', file), text);
    };
    for (const file of ['index', 'worker', 'page/x', 'page/tab/x', 'worker/x', 'storage/x', 'protocol/x', 'build/x'])
      write(`${file}.ts`, 'export const x = 1;\nexport type X = number;\n');
    for (const { from, to } of imports) {
      write(`${from}.ts`, `export { x } from '${to}';\n`);
      const toType = to.replace(/(circle-.)/, '$1-type');
      write(`${from}-type.ts`, `import type { X } from '${toType}';\nexport type Y = X;\n`);
    }
    const refused = imports
      .filter(({ isRefused }) => isRefused)
      .flatMap(({ from }) => [`${from}-type.ts`, `${from}.ts`]);
    assert.deepEqual(whatIsRefusedIn(folder), refused.sort());
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The files of client/ in a folder with imports that our rules refuse. */
function whatIsRefusedIn(/** @type {string} */ folder) {
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const options = ['lint', '--reporter=json', '--max-diagnostics=none'];
  const { stdout } = spawnSync(process.execPath, [biome, ...options], { cwd: folder, encoding: 'utf8' });
  /** @type {{ diagnostics: { category: string, severity: string, location: { path: string } }[] }} */
  const { diagnostics } = JSON.parse(stdout);
  const refusals = diagnostics.filter(
    ({ category, severity }) => severity === 'error' && /noRestrictedImports|noImportCycles/.test(category),
  );
  const paths = refusals.map(({ location }) => location.path.replaceAll('\\', '/').replace('client/', ''));
  return [...new Set(paths)].sort();
}
