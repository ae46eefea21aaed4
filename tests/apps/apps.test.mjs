// The README's first example as it stands, in applications that bundle it in every way that it names.

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import { build, createServer as createViteServer, preview } from 'vite';
import webpack from 'webpack';
import { eventually } from '../lab/eventually.mjs';
import { assertShows, describeInChromium } from './chromium.mjs';
import {
  bareScript,
  copyOfPackage,
  example,
  firstBlock,
  makeApp,
  pageOf,
  policy,
  serving,
  showing,
} from './package.mjs';

describeInChromium('the example of the README', (driver) => {
  /** Visits a page twice, for a database that is new and one that is there. */
  async function assertWorks(/** @type {string} */ address) {
    for (const count of [1, 2]) {
      await assertShows(driver(), address, JSON.stringify(Array(count).fill({ temp_c: 21 })));
    }
  }

  const files = { 'migrations/0001.create.sql': example.migration };

  describe('with Vite', () => {
    /** @type {string} */
    let app;
    before(async () => {
      app = await makeApp({ ...files, 'main.ts': example.main + showing, 'index.html': pageOf('/main.ts') });
    });
    after(() => rm(app, { recursive: true, force: true }));
    const config = () =>
      /** @type {import('vite').InlineConfig} */ ({ root: app, configFile: false, logLevel: 'error' });

    for (const [how, optimizeDeps] of /** @type {[string, import('vite').DepOptimizationOptions][]} */ ([
      ['pre-bundled', { include: ['wheatear'] }],
      ['not pre-bundled', { exclude: ['wheatear'] }],
    ])) {
      test(`works while it is developed, ${how}`, async () => {
        const server = await createViteServer({
          ...config(),
          optimizeDeps,
          cacheDir: `.vite-${how}`,
          server: { port: 0 },
        });
        await server.listen();
        try {
          await assertWorks(server.resolvedUrls?.local[0] ?? '');
        } finally {
          await server.close();
        }
      });
    }

    for (const base of ['/', '/in/a/folder/']) {
      test(`works when it is built, at ${base}`, async () => {
        await build({ ...config(), base });
        const server = await preview({
          ...config(),
          base,
          preview: { port: 0, headers: { 'Content-Security-Policy': policy } },
        });
        try {
          await assertWorks(server.resolvedUrls?.local[0] ?? '');
        } finally {
          await server.close();
        }
      });
    }
  });

  /** Bundles an application, and visits its page. */
  async function visited(
    /** @type {string} */ app,
    /** @type {string} */ path,
    /** @type {() => Promise<unknown>} */ bundle,
  ) {
    try {
      await bundle();
      await serving(app, (origin) => assertWorks(`${origin}${path}`));
    } finally {
      await rm(app, { recursive: true, force: true });
    }
  }

  const inOut = { 'out/index.html': pageOf('./main.js') };

  test('works without a bundler, from static files', async () => {
    const main = bareScript.replace("'wheatear'", "'./node_modules/wheatear/index.js'");
    const app = await makeApp({ 'main.js': main, 'index.html': pageOf('./main.js') });
    await visited(app, '/', async () => {});
  });

  test('works where trusted types are required, with the policy of the documentation', async () => {
    const main = bareScript.replace("'wheatear'", "'./node_modules/wheatear/index.js'");
    const trusted = firstBlock('docs/getting-started.md', 'js', '// in a script before the others');
    const app = await makeApp({
      'main.js': `import './trusted.js';\n${main}`,
      'trusted.js': trusted,
      'index.html': pageOf('./main.js'),
    });
    const headers = { 'Content-Security-Policy': `${policy}; require-trusted-types-for 'script'` };
    try {
      await serving(app, assertWorks, headers);
    } finally {
      await rm(app, { recursive: true, force: true });
    }
  });

  test('works without a bundler, as the whole page that is shown for it', async () => {
    const app = await makeApp({ 'index.html': firstBlock('docs/getting-started.md', 'html') });
    try {
      await serving(app, async (origin) => {
        await driver().get(origin);
        await eventually(async () => {
          const shown = await driver().executeScript(() => document.body?.textContent);
          assert.equal(shown, '[{"node_addr":17,"temp_c":21}]');
        });
      });
    } finally {
      await rm(app, { recursive: true, force: true });
    }
  });

  test('works with webpack, without configuration', async () => {
    const app = await makeApp({ 'main.js': bareScript, ...inOut });
    await visited(app, '/out/', async () => {
      const output = { path: join(app, 'out'), filename: 'main.js', module: true };
      const options = /** @type {const} */ ({ mode: 'production', context: app, entry: './main.js', output });
      await new Promise((resolve, reject) => {
        webpack({ ...options, experiments: { outputModule: true } }, (error, stats) => {
          if (error || stats?.hasErrors()) reject(error ?? new Error(stats?.toString()));
          else resolve(undefined);
        });
      });
    });
  });

  const copied = ['database.worker.js', 'wheatear_bg.wasm'];

  test('works with Rollup, once worker and module are copied beside the bundle', async () => {
    const app = await makeApp({ 'main.js': bareScript, ...inOut });
    const resolving = {
      name: 'node-modules',
      resolveId: (/** @type {string} */ id) =>
        id === 'wheatear' ? join(app, 'node_modules', 'wheatear', 'index.js') : null,
    };
    await visited(app, '/out/', async () => {
      const bundle = await rollup({ input: join(app, 'main.js'), plugins: [resolving] });
      await bundle.write({ file: join(app, 'out', 'main.js'), format: 'es' });
      await copyOfPackage(app, copied, 'out');
    });
  });

  test('works with esbuild, once worker and module are copied beside the bundle', async () => {
    const app = await makeApp({ 'main.js': bareScript, ...inOut });
    await visited(app, '/out/', async () => {
      const [entry, outfile] = [join(app, 'main.js'), join(app, 'out', 'main.js')];
      await esbuild({ entryPoints: [entry], bundle: true, format: 'esm', outfile });
      await copyOfPackage(app, copied, 'out');
    });
  });

  test('without the copy, what is missing is said, and where it was looked for', async () => {
    const app = await makeApp({ 'main.js': bareScript, ...inOut });
    try {
      await esbuild({
        entryPoints: [join(app, 'main.js')],
        bundle: true,
        format: 'esm',
        outfile: join(app, 'out/main.js'),
      });
      await serving(app, async (origin) => {
        await driver().get(`${origin}/out/`);
        await eventually(async () => {
          const shown = await driver().executeScript(() => document.querySelector('output')?.textContent);
          assert.match(
            String(shown),
            /ConnectionError: .*database\.worker\.js, beside http:.*\/out\/main\.js; .*copy it/,
          );
        });
      });
    } finally {
      await rm(app, { recursive: true, force: true });
    }
  });
});
