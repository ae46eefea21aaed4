// Folders and databases that the tools themselves have made: imported, applied with the same schema, adopted.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/tools.mjs';
import { folder, toolsInstalled } from './tools/install.mjs';

toolsInstalled();

test('what drizzle, Prisma, dbmate, Knex and Kysely have made is imported, adopted, and then has everything', (t) => {
  const proof = mkdtempSync(join(tmpdir(), 'wheatear-tools-'));
  t.after(() => rmSync(proof, { recursive: true, force: true }));
  const place = (/** @type {string[]} */ ...parts) => join(proof, ...parts);

  mkdirSync(place('drizzle'));
  const kit = join(folder, 'node_modules', 'drizzle-kit', 'bin.cjs');
  for (const schema of ['drizzle-1.mjs', 'drizzle-2.mjs']) {
    // It looks for an absolute one below the folder that it runs in.
    const out = relative(folder, place('drizzle', 'notes'));
    node(kit, 'generate', '--dialect', 'sqlite', '--schema', `./${schema}`, '--out', out);
  }
  node('drizzle.mjs', place('drizzle', 'notes'), place('drizzle', 'notes.db'));

  mkdirSync(place('prisma'));
  node('prisma.mjs', place('prisma', 'notes'), place('prisma', 'notes.db'));

  const dbmate = join(folder, 'node_modules', 'dbmate', 'dist', 'cli.js');
  cpSync(join(folder, 'dbmate'), place('dbmate', 'notes'), { recursive: true });
  const made = ['--url', `sqlite:${place('dbmate', 'notes.db')}`, '--migrations-dir', place('dbmate', 'notes')];
  for (const command of ['up', 'rollback', 'up']) node(dbmate, ...made, '--no-dump-schema', command);

  for (const tool of ['knex', 'kysely']) {
    cpSync(join(folder, tool), place(tool, 'notes'), { recursive: true });
    node(`${tool}.mjs`, join(folder, tool), place(tool, 'notes.db'));
  }

  for (const [tool, records] of /** @type {const} */ ([
    ['drizzle', ['__drizzle_migrations']],
    ['prisma', ['_prisma_migrations']],
    ['dbmate', ['schema_migrations']],
    ['knex', ['knex_migrations', 'knex_migrations_lock']],
    ['kysely', ['kysely_migration', 'kysely_migration_lock']],
  ])) {
    const schema = schemaOf(place(tool, 'notes.db'), records);
    assert.ok(schema.length >= 2, `${tool} has made something`);
    writeFileSync(place(tool, 'notes.expected.json'), JSON.stringify(schema));
  }
  const cargo = [
    'test',
    '--quiet',
    '--locked',
    '--package',
    'wheatear-import',
    '--test',
    'projects',
    '--',
    '--nocapture',
  ];
  const told = run('cargo', cargo, root, { IMPORT_PROOF: proof });
  assert.match(told, /^drizzle: notes: 2 migrations, 0 downs, 4 objects, the same schema, adopted by hash; sound$/m);
  assert.match(told, /^prisma: notes: 2 migrations, 0 downs, 4 objects, the same schema, adopted by id; sound$/m);
  assert.match(told, /^dbmate: notes: 3 migrations, 3 downs, 4 objects, the same schema, adopted by number; sound$/m);
  assert.match(told, /^kysely: notes: 2 migrations, 2 downs, 2 objects, the same schema, adopted by id; sound$/m);
  assert.match(told, /^knex: notes: 2 migrations, 2 downs, 3 objects, the same schema, adopted by id; sound$/m);
});

function node(/** @type {string[]} */ ...args) {
  return run(process.execPath, args, folder);
}

function run(
  /** @type {string} */ program,
  /** @type {string[]} */ args,
  /** @type {string} */ cwd,
  /** @type {Record<string, string>} */ env = {},
) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  assert.equal(status, 0, `${program} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

/** The schema of a database without the tool's own tables. */
function schemaOf(/** @type {string} */ path, /** @type {readonly string[]} */ records) {
  const code = `
    const db = new (await require('sql.js')()).Database(require('node:fs').readFileSync(process.argv[1]));
    const [{ values }] = db.exec('SELECT name, sql, tbl_name FROM sqlite_schema WHERE sql NOTNULL ORDER BY name');
    console.log(JSON.stringify(values));`;
  const rows = /** @type {[string, string, string][]} */ (
    JSON.parse(node('--eval', `(async () => {${code}})()`, path))
  );
  return rows
    .filter(([, , table]) => !records.includes(table) && table !== 'sqlite_sequence')
    .map(([name, sql]) => [name, sql]);
}
