// The adapters of the package, in a page that Vite has bundled: each case of a file of cases is a test.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFile, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
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
    const compilerOptions = { ...installed, ...resolution, lib: ['es2022', 'dom', 'esnext.disposable'] };
    await writeFile(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['typed.ts'] }));
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', app], { encoding: 'utf8' });
    assert.equal(`${stdout}${stderr}`, '');
  });
}

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
