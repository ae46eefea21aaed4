// A module of an application's own, which carries its migrations, as docs/rust.md shows it, with each bundler that it names.

import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { build as esbuild } from 'esbuild';
import { build } from 'vite';
import { blocksOf, root } from '../docs/pages.mjs';
import { assertShows, describeInChromium } from './chromium.mjs';
import { makeApp, pageOf, serving } from './package.mjs';

const [opening = '', worker = ''] = blocksOf('docs/rust.md')
  .filter(({ language }) => language === 'ts')
  .map(({ code }) => code);

const main = `import { open } from 'wheatear';
${opening}
const rows = await db.query('SELECT count(*) AS count FROM weather_node');
document.querySelector('output')!.textContent = JSON.stringify([rows, db.report.to]);`;

describeInChromium('a module of its own', (driver) => {
  /** Makes an application with these files beside its module, bundles it, and visits its page. */
  async function assertWorks(
    /** @type {Record<string, string>} */ files,
    /** @type {string} */ path,
    /** @type {(app: string) => Promise<unknown>} */ bundle,
  ) {
    const app = await makeApp(files);
    try {
      await cp(join(root, 'tests', 'module', 'pkg'), join(app, 'pkg'), { recursive: true });
      await bundle(app);
      await serving(app, (origin) => assertShows(driver(), `${origin}${path}`, '[[{"count":0}],"0002.alter-table"]'));
    } finally {
      await rm(app, { recursive: true, force: true });
    }
  }

  test('works with Vite, as it is shown', async () => {
    const files = { 'main.ts': main, 'database.worker.ts': worker, 'index.html': pageOf('/main.ts') };
    await assertWorks(files, '/out/', (app) =>
      build({ root: app, base: '/out/', configFile: false, logLevel: 'error', build: { outDir: 'out' } }),
    );
  });

  test('works with esbuild, as one more entry point whose name is written', async () => {
    const named = main.replace('./database.worker.ts', './database.worker.js');
    const files = { 'main.ts': named, 'database.worker.ts': worker, 'out/index.html': pageOf('./main.js') };
    await assertWorks(files, '/out/', async (app) => {
      const entryPoints = ['main.ts', 'database.worker.ts'];
      await esbuild({ absWorkingDir: app, entryPoints, bundle: true, format: 'esm', outdir: 'out', logLevel: 'error' });
      await cp(join(app, 'pkg', 'weather_bg.wasm'), join(app, 'out', 'weather_bg.wasm'));
    });
  });

  test('works without a bundler, where the worker names the file of the package', async () => {
    const script = main
      .replace("'wheatear'", "'./node_modules/wheatear/index.js'")
      .replace('.ts', '.js')
      .replace(')!', ')');
    const files = {
      'main.js': script,
      'database.worker.js': worker.replace("'wheatear/worker'", "'./node_modules/wheatear/worker.js'"),
      'index.html': pageOf('./main.js'),
    };
    await assertWorks(files, '/', async () => {});
  });
});
