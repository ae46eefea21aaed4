// The adapters of the package, in a page that Vite has bundled: each case of a file of cases is a test.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { wheatear } from '../../dist/package/vite.js';
import { describeInChromium } from '../apps/chromium.mjs';
import { makeApp, serving } from '../apps/package.mjs';
import { root } from '../docs/pages.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The adapters, and the packages that they are for. */
const packages = { kysely: 'kysely', drizzle: 'drizzle-orm' };
const adapters = Object.keys(packages);

const index = `<!doctype html>
<meta charset="utf-8">
<title>Adapters</title>
<link rel="icon" href="data:,">
<script type="module" src="/adapters/page.mjs"></script>`;

/** The names of the cases of an adapter, which only a page can run. */
async function namesOf(/** @type {string} */ adapter) {
  const text = await readFile(join(here, `${adapter}.cases.mjs`), 'utf8');
  return [...text.matchAll(/^ {2}async '(.*)'\(/gm)].map(([, name = '']) => name);
}

/** @type {string} */
let app;
before(async () => {
  const files = ['page.mjs', ...adapters.map((adapter) => `${adapter}.cases.mjs`), '../pages/assert.mjs'];
  const texts = files.map(async (file) => [join('adapters', file), await readFile(join(here, file), 'utf8')]);
  app = await makeApp({ ...Object.fromEntries(await Promise.all(texts)), 'index.html': index });
  for (const peer of Object.values(packages))
    await symlink(join(here, 'node_modules', peer), join(app, 'node_modules', peer), 'junction');
  await build({ root: app, configFile: false, logLevel: 'warn' });
});
after(() => rm(app, { recursive: true, force: true }));

for (const adapter of adapters) {
  test(`wheatear/${adapter} in Node.js, on a database of wheatear/testing`, async (parent) => {
    const { openInMemory } = await import(pathToFileURL(join(app, 'node_modules', 'wheatear', 'testing.js')).href);
    const { migrations, tests } = await import(pathToFileURL(join(app, 'adapters', `${adapter}.cases.mjs`)).href);
    for (const [name, run] of Object.entries(tests)) {
      // Nothing can end what SQLite does in the only thread that there is.
      if (name.startsWith('a signal ends')) continue;
      await parent.test(name, async () => {
        const db = await openInMemory({ migrations });
        try {
          await run(db);
        } finally {
          await db.close();
        }
      });
    }
  });
}

/** Where the declarations of the packages are in the application. */
const installed = {
  skipLibCheck: true,
  target: 'es2022',
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  types: [],
};

for (const resolution of [{ module: 'nodenext' }, { module: 'esnext', moduleResolution: 'bundler' }]) {
  test(`what is known of queries, and what must not compile (${resolution.module})`, async () => {
    await copyFile(join(here, 'typed.ts'), join(app, 'typed.ts'));
    await assertCompiles('typed.ts', resolution);
  });
}

async function assertCompiles(/** @type {string} */ file, /** @type {object} */ resolution) {
  const compilerOptions = { ...installed, ...resolution, lib: ['es2022', 'dom', 'esnext.disposable'] };
  await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', app], { encoding: 'utf8' });
  assert.equal(`${stdout}${stderr}`, '');
}

/** Uses the types that the plugin has written. */
const generatedUse = `import { Kysely } from 'kysely';
import type { Database } from 'wheatear';
import { WheatearDialect } from 'wheatear/kysely';
import type { Database as Tables } from './database';

export async function use(db: Database): Promise<{ id: number; name: string; size: number | null }[]> {
  const kysely = new Kysely<Tables>({ dialect: new WheatearDialect(db) });
  await kysely.insertInto('person').values({ name: 'Anna' }).execute();
  // @ts-expect-error: a person has a name.
  kysely.insertInto('person').values({ size: 1 });
  // @ts-expect-error: a view has no other columns.
  kysely.selectFrom('named').select('size');
  return kysely.selectFrom('person').select(['id', 'name', 'size']).execute();
}
`;

test('no declaration of an adapter has `any` in it', async () => {
  for (const adapter of adapters) {
    const folder = join(app, 'node_modules', 'wheatear', adapter);
    const files = (await readdir(folder)).filter((file) => file.endsWith('.d.ts'));
    assert.ok(files.length > 1);
    for (const file of files) {
      const code = (await readFile(join(folder, file), 'utf8')).replace(/\/\*.*?\*\//gs, '');
      assert.doesNotMatch(code, /\bany\b/, file);
    }
  }
});

describeInChromium('the adapters', (driver) => {
  for (const adapter of adapters) {
    test(`wheatear/${adapter}`, async (parent) => {
      await serving(join(app, 'dist'), async (origin) => {
        await driver().get(origin);
        for (const name of await namesOf(adapter)) {
          await parent.test(name, async () => {
            const result = await driver().executeAsyncScript(
              (
                /** @type {string} */ adapter,
                /** @type {string} */ name,
                /** @type {(result: string) => void} */ done,
              ) => /** @type {any} */ (window).runCase(adapter, name).then(done),
              adapter,
              name,
            );
            assert.equal(result, 'done');
          });
        }
      });
    });
  }
});

test('the plugin writes types for Kysely of what the migrations make', async () => {
  const { migrations } = await import(pathToFileURL(join(app, 'adapters', 'kysely.cases.mjs')).href);
  const folder = join(app, 'migrations');
  await mkdir(folder, { recursive: true });
  for (const [name, text] of Object.entries(migrations)) await writeFile(join(folder, name), text);
  await writeFile(join(app, 'generated.ts'), generatedUse);
  const plugin = wheatear({ folder, types: join(app, 'database.ts'), kysely: true, off: ['missing-down'] });
  /** @type {string[]} */
  const told = [];
  const bundler = {
    error: (/** @type {{ message: string }} */ { message }) => assert.fail(message),
    warn: (/** @type {string} */ text) => told.push(text),
  };
  await plugin.buildStart.call(/** @type {any} */ (bundler));
  await plugin.buildEnd.call(/** @type {any} */ (bundler));
  assert.deepEqual(told, []);
  await assertCompiles('generated.ts', { module: 'esnext', moduleResolution: 'bundler' });
});

test('while an application is written, Vite bundles what only adapters import, if it is installed', () => {
  const included = (/** @type {string} */ root) => wheatear().config({ root }).optimizeDeps.include;
  assert.deepEqual(included(app), ['drizzle-orm/sqlite-proxy']);
  assert.deepEqual(included(tmpdir()), []);
});
