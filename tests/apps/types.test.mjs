// The declarations of the packed package, in projects whose types have no DOM, such as a server's, and in some that have it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../docs/pages.mjs';
import { makeApp } from './package.mjs';

/** Mentions what each entry exports, also of what only a browser has. */
const anywhere = `
import * as wheatear from 'wheatear';
import { type Database, type OpenOptions, open, sql } from 'wheatear/lean';
import { expectUpgrade, openInMemory } from 'wheatear/testing';
import type { WheatearModule } from 'wheatear/worker';

export type Entries = [typeof wheatear, typeof import('wheatear/worker'), WheatearModule];
export const options: OpenOptions = { migrations: { '0001.create.sql': 'CREATE TABLE t (a INTEGER)' } };
export async function rowsOf(db: Database): Promise<number[]> {
  const rows = await db.sql<{ a: number }>\`SELECT a FROM \${sql.id('t')}\`;
  return rows.map(({ a }) => a);
}
declare module 'wheatear' {
  interface Queries {
    warm: { row: { a: number }; values: [number] };
  }
}
export const warm = (db: Database): Promise<{ a: number }[]> => db.sql.warm\`SELECT a FROM t WHERE a > \${20}\`;
const migrations = { '0001.create.sql': 'CREATE TABLE t (a INTEGER)' };
export const upgraded: Promise<wheatear.Database> = openInMemory({ migrations, target: '0001.create' }).then((db) =>
  expectUpgrade(db, { migrations, mayLose: ['t'] }),
);
// @ts-expect-error: it has no worker.
openInMemory({ migrations, worker: () => new Worker('worker.js') });
export const opened: Promise<Database> = open('weather', options);
opened.catch((error: unknown) => error instanceof wheatear.StorageError && error.code === 'storage_unsupported');
// @ts-expect-error: what an option is, is known everywhere.
open('weather', { backup: 'yes' });
`;

/** What a page may write beside that, and what it must not. */
const inPage = `
import { ChangeEvent, type Database, exportDatabase, open } from 'wheatear';

export const size: Promise<number> = exportDatabase('weather').then((file) => file.size);
export function listen(db: Database): void {
  db.addEventListener('change', (event) => event.tables.join() + event.timeStamp, { once: true });
  db.dispatchEvent(new ChangeEvent(['t']));
}
open('weather', { signal: AbortSignal.timeout(1), worker: () => new Worker('worker.js', { type: 'module' }) });
// @ts-expect-error: a worker is more than an object.
open('weather', { worker: () => ({}) });
// @ts-expect-error: so is a signal.
open('weather', { signal: {} });
`;

/** The plugin in the configurations of bundlers, and what a page imports by it. */
const bundled = `/// <reference types="wheatear/imports" />
import type { RolldownOptions } from 'rolldown';
import type { RollupOptions } from 'rollup';
import { defineConfig } from 'vite';
import { type LazyMigrations } from 'wheatear';
import { wheatear } from 'wheatear/vite';
import own from 'virtual:wheatear/migrations';
import migrations from './migrations?wheatear';

export const vite = defineConfig({ plugins: [wheatear()] });
export const rollup: RollupOptions = { plugins: [wheatear({ image: false })] };
export const rolldown: RolldownOptions = { plugins: [wheatear()] };
export const checked = defineConfig({
  plugins: [wheatear({ folder: 'migrations', types: 'src/database.ts', queries: ['src/*.ts'], off: ['drops-table'] })],
});
export const given: readonly LazyMigrations[] = [migrations, own];
// @ts-expect-error: there is no such option.
wheatear({ images: false });
`;

/** @type {string} */
let app;
before(async () => {
  app = await makeApp({ 'anywhere.ts': anywhere, 'page.ts': inPage, 'bundled.ts': bundled });
  for (const name of ['@types', 'undici-types', 'vite', 'rollup', 'rolldown'])
    await symlink(join(root, 'node_modules', name), join(app, 'node_modules', name), 'junction');
});
after(() => rm(app, { recursive: true, force: true }));

for (const [lib, types, files] of /** @type {[string[], string[], string[]][]} */ ([
  [['es2022'], [], ['anywhere.ts']],
  [['es2022'], ['node'], ['anywhere.ts']],
  [['es2022', 'webworker'], [], ['anywhere.ts']],
  [['es2022', 'dom'], [], ['anywhere.ts', 'page.ts']],
  [['es2022', 'dom'], ['node'], ['anywhere.ts', 'page.ts']],
])) {
  test(`they are right with lib ${lib.join(', ')} and ${types.length ? 'the types of Node.js' : 'no other types'}`, async () => {
    await assertFits({ lib, types, module: 'nodenext', skipLibCheck: false }, files);
  });
}

test('the plugin fits Vite, Rollup and Rolldown, and what it makes of a folder fits open', () =>
  // The bundlers' own declarations are theirs to check.
  assertFits(
    { lib: ['es2022', 'dom'], types: ['node'], module: 'esnext', moduleResolution: 'bundler', skipLibCheck: true },
    ['bundled.ts'],
  ));

async function assertFits(/** @type {object} */ options, /** @type {string[]} */ files) {
  const compilerOptions = { ...options, target: 'es2022', strict: true, noEmit: true };
  await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', app], { encoding: 'utf8' });
  assert.equal(`${stdout}${stderr}`, '');
  assert.equal(status, 0);
}
