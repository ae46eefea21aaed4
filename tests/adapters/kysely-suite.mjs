// `KYSELY_REPO=… node tests/adapters/kysely-suite.mjs`, after a build: the test cases of a checkout of Kysely
// (https://github.com/kysely-org/kysely) that are for SQLite, against our dialect, in Node.js. Each is named, and they are
// counted; what of them does not hold, and why, stands in kysely-exceptions.mjs. Nothing of the checkout is changed.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformSync } from 'esbuild';
import { root } from '../../scripts/tools.mjs';
import { exceptions } from './kysely-exceptions.mjs';

/** What the tests run with, in the versions that the checkout names. */
const used = ['mocha', 'chai', 'chai-as-promised', 'sinon', 'pathe', 'std-env', 'tsx'];
const renamed = 'prototype-pollution-vulnerable-lodash.merge-dont-upgrade';

/** Drivers of other databases, which are only named: no test for SQLite calls them. */
const drivers = {
  pg: ['Client', 'Pool', 'DatabaseError'],
  'pg-cursor': [],
  mysql2: ['createConnection', 'createPool'],
  tarn: ['Pool'],
  tedious: ['Connection', 'Request', 'TYPES', 'ISOLATION_LEVEL'],
  '@electric-sql/pglite': ['PGlite'],
};

const repo = process.env.KYSELY_REPO;
if (!repo) throw new Error('KYSELY_REPO must be the path of a checkout of Kysely');
const { version, devDependencies } = JSON.parse(readFileSync(join(repo, 'package.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'wheatear-kysely-'));

/** Compiles a folder of the checkout, file by file. */
function compile(/** @type {string} */ from, /** @type {string} */ to, edit = (/** @type {string} */ text) => text) {
  for (const file of readdirSync(join(/** @type {string} */ (repo), from), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const text = edit(readFileSync(join(/** @type {string} */ (repo), from, file), 'utf8'));
    const { code } = transformSync(text, { loader: 'ts', target: 'es2022', sourcemap: 'inline', sourcefile: file });
    write(join(to, file.replace(/\.ts$/, '.js')), code);
  }
}

function write(/** @type {string} */ file, /** @type {string} */ text) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

function run(/** @type {string} */ program, /** @type {string[]} */ args, env = {}) {
  const options = { cwd: folder, env: { ...process.env, ...env }, maxBuffer: 1 << 28, encoding: 'utf8' };
  return spawnSync(
    program,
    args,
    /** @type {import('node:child_process').SpawnSyncOptionsWithStringEncoding} */ (options),
  );
}

const packages = Object.fromEntries(
  [...used, renamed].flatMap((name) => (devDependencies[name] ? [[name, devDependencies[name]]] : [])),
);
write('package.json', JSON.stringify({ type: 'module', dependencies: packages }));
const installed = run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund']);
if (installed.status !== 0) throw new Error(installed.stderr);
for (const [driver, names] of Object.entries(drivers)) {
  write(`node_modules/${driver}/package.json`, '{ "type": "module", "main": "index.js" }');
  // What the tests of transactions spy on.
  const verbs = ['transaction', 'beginTransaction', 'commitTransaction', 'rollbackTransaction', 'saveTransaction'];
  const methods = verbs.map((verb) => `${verb}() {}`).join(' ');
  const classes = names.map((name) => `export class ${name} { ${methods} }`).join('\n');
  write(`node_modules/${driver}/index.js`, `${classes}\nexport default class {}\n`);
}

// Kysely itself is that of the checkout, for our dialect, too.
compile('src', 'dist');
cpSync(join(root, 'dist', 'package'), join(folder, 'node_modules', 'wheatear'), { recursive: true });
const { exports } = JSON.parse(readFileSync(join(repo, 'package.json'), 'utf8'));
write(
  'node_modules/kysely/package.json',
  JSON.stringify({ type: 'module', exports: { '.': './index.js' }, name: 'kysely', version, was: exports }),
);
write('node_modules/kysely/index.js', "export * from '../../dist/index.js';\n");

// In the place of a file's driver stands a dialect that opens a database in memory when Kysely begins with it.
write('node_modules/better-sqlite3/package.json', '{ "type": "module", "main": "index.js" }');
write(
  'node_modules/better-sqlite3/index.js',
  "export { QueryError as SqliteError } from 'wheatear';\nexport default class {}\n",
);
write(
  'dialect.js',
  `import { WheatearDialect } from 'wheatear/kysely';
import { openInMemory } from 'wheatear/testing';
export { WheatearDriver } from './node_modules/wheatear/kysely/driver.js';
export const dialect = new WheatearDialect(() => openInMemory({ migrations: [] }));
`,
);
const ours = `import { dialect as ourDialect, WheatearDriver } from '../../../dialect.js';\n`;
compile(
  'test/node/src',
  'test/node/dist',
  (text) =>
    ours +
    text
      .replace(/new SqliteDialect\(\{\s*database:[^}]*\}\)/, 'ourDialect')
      // What the tests spy on.
      .replaceAll('sqlite: SqliteDriver,', 'sqlite: WheatearDriver,'),
);

const mocha = join(folder, 'node_modules', 'mocha', 'bin', 'mocha.js');
write(
  'reporter.cjs',
  `const cases = [];
module.exports = function (runner) {
  const note = (result) => (test, error) => cases.push({ name: test.fullTitle(), result, error: error?.stack });
  for (const result of ['pass', 'fail', 'pending']) runner.on(result, note(result));
  runner.once('end', () => require('node:fs').writeFileSync('results.json', JSON.stringify(cases)));
};
`,
);
const options = ['--timeout', '15000', '--reporter', './reporter.cjs', 'test/node/dist/**/*.test.js'];
const { stderr, stdout } = run(process.execPath, [mocha, ...options], { DIALECTS: 'sqlite' });
/** @type {{ name: string, result: 'pass' | 'fail' | 'pending', error?: string }[]} */
let cases;
try {
  cases = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
} catch (cause) {
  throw new Error(`the tests of Kysely did not run: ${stdout}${stderr}`, { cause });
}
rmSync(folder, { recursive: true });

// Some are of no database.
const own = cases.filter(({ name }) => name.startsWith('sqlite: '));
const counts = { pass: 0, fail: 0, exception: 0, pending: 0 };
for (const { name, result, error } of own) {
  const exception = exceptions.find(({ tests }) => tests.includes(name));
  const told = result === 'fail' && exception ? 'exception' : result;
  counts[told]++;
  const why = {
    pass: exception && 'is an exception no more',
    pending: undefined,
    exception: exception?.reason,
    fail: error,
  };
  console.log([told, name, why[told]].filter((part) => part !== undefined).join(': '));
}
console.log(`Kysely ${version}, test cases for SQLite: ${JSON.stringify(counts)}`);
process.exitCode = counts.fail === 0 && counts.pass > 0 ? 0 : 1;
