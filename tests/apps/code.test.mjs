// A worker's script that adds migrations in code, as docs/code-and-functions.md shows it, with each bundler that it names.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { build as esbuild, transform } from 'esbuild';
import { build, createServer as createViteServer } from 'vite';
import webpack from 'webpack';
import { blocksOf } from '../docs/pages.mjs';
import { assertShows, describeInChromium } from './chromium.mjs';
import { copyOfPackage, makeApp, pageOf, serving } from './package.mjs';

const [opening = '', worker = ''] = blocksOf('docs/code-and-functions.md')
  .filter(({ language }) => language === 'ts')
  .map(({ code }) => code);

const main = `import { open } from 'wheatear';
const migrations = {
  '0001.create.sql': 'CREATE TABLE weather_node (temp_c REAL); INSERT INTO weather_node VALUES (212);',
};
${opening}
const rows = await db.query('SELECT * FROM weather_node');
document.querySelector('output')!.textContent = JSON.stringify([rows, db.report.to]);`;

/** A script without its types. */
const bare = async (/** @type {string} */ script) => (await transform(script, { loader: 'ts' })).code;

describeInChromium('a worker’s script with code', (driver) => {
  const assertUpgraded = (/** @type {string} */ address) =>
    assertShows(driver(), address, '[[{"temp_c":100}],"0003.fahrenheit"]');

  /** Makes an application with these files, does something with it, and visits its page. */
  async function assertWorks(
    /** @type {Record<string, string>} */ files,
    /** @type {string} */ path,
    /** @type {(app: string) => Promise<unknown>} */ bundle,
  ) {
    const app = await makeApp(files);
    try {
      await bundle(app);
      await serving(app, (origin) => assertUpgraded(`${origin}${path}`));
    } finally {
      await rm(app, { recursive: true, force: true });
    }
  }

  const files = { 'main.ts': main, 'database.worker.ts': worker, 'index.html': pageOf('/main.ts') };

  for (const [how, optimizeDeps] of /** @type {[string, import('vite').DepOptimizationOptions][]} */ ([
    ['as Vite finds it', {}],
    ['pre-bundled', { include: ['wheatear', 'wheatear/worker'] }],
    ['not pre-bundled', { exclude: ['wheatear'] }],
  ])) {
    test(`works with Vite while it is developed, ${how}`, async () => {
      const app = await makeApp(files);
      const config = { root: app, configFile: /** @type {const} */ (false), logLevel: /** @type {const} */ ('error') };
      const server = await createViteServer({ ...config, optimizeDeps, server: { port: 0 } });
      try {
        await server.listen();
        await assertUpgraded(server.resolvedUrls?.local[0] ?? '');
      } finally {
        await server.close();
        await rm(app, { recursive: true, force: true });
      }
    });
  }

  for (const entry of ['wheatear/worker', 'wheatear/lean/worker']) {
    test(`works with Vite when it is built, from ${entry}`, () =>
      assertWorks({ ...files, 'database.worker.ts': worker.replace('wheatear/worker', entry) }, '/out/', (app) =>
        build({ root: app, base: '/out/', configFile: false, logLevel: 'error', build: { outDir: 'out' } }),
      ));
  }

  for (const [how, options] of /** @type {[string, import('webpack').Configuration][]} */ ([
    ['without configuration', {}],
    [
      'into modules, which it must not split',
      { output: { module: true }, experiments: { outputModule: true }, optimization: { splitChunks: false } },
    ],
  ])) {
    test(`works with webpack, ${how}`, async () => {
      const scripts = {
        'main.js': (await bare(main)).replace('.worker.ts', '.worker.js'),
        'database.worker.js': await bare(worker),
      };
      await assertWorks({ ...scripts, 'out/index.html': pageOf('./main.js') }, '/out/', async (app) => {
        const output = { ...options.output, path: join(app, 'out'), filename: 'main.js' };
        await new Promise((resolve, reject) => {
          webpack({ ...options, mode: 'production', context: app, entry: './main.js', output }, (error, stats) => {
            if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString()));
            else resolve(undefined);
          });
        });
      });
    });
  }

  test('works with esbuild, as one more entry point, once the module is copied beside it', async () => {
    const named = { ...files, 'main.ts': main.replace('.worker.ts', '.worker.js') };
    await assertWorks({ ...named, 'out/index.html': pageOf('./main.js') }, '/out/', async (app) => {
      const entryPoints = ['main.ts', 'database.worker.ts'];
      await esbuild({ absWorkingDir: app, entryPoints, bundle: true, format: 'esm', outdir: 'out', logLevel: 'error' });
      await copyOfPackage(app, ['wheatear_bg.wasm'], 'out');
    });
  });

  test('works without a bundler, where the worker names the file of the package', async () => {
    const script = (await bare(main)).replace('"wheatear"', '"./node_modules/wheatear/index.js"');
    const scripts = {
      'main.js': script.replace('.worker.ts', '.worker.js'),
      'database.worker.js': (await bare(worker)).replace('wheatear/worker', './node_modules/wheatear/worker.js'),
    };
    await assertWorks({ ...scripts, 'index.html': pageOf('./main.js') }, '/', async () => {});
  });
});
