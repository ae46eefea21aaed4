// The package's plugin makes a module of a folder of migrations: in applications that Vite, Rollup and Rolldown build.

import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { rollup } from 'rollup';
import { build, createServer } from 'vite';
import { blocksOf } from '../docs/pages.mjs';
import { eventually } from '../lab/eventually.mjs';
import { describeInChromium } from './chromium.mjs';
import { makeApp, pageOf, serving } from './package.mjs';

const blocks = blocksOf('docs/getting-started.md').map(({ code }) => code);
const [config = ''] = blocks.filter((code) => code.startsWith('// vite.config.js, with the plugin'));
const [opening = ''] = blocks.filter((code) => code.includes("'./migrations?wheatear'"));

/** The snippet as a program that shows what came of it. */
const main = `import { open } from 'wheatear';
${opening}
await db.exec('INSERT INTO node (addr) VALUES (17)');
const rows = await db.query('SELECT addr FROM node');
document.querySelector('output').textContent = JSON.stringify({ to: db.report.to, rows: rows.length });`;

const create = 'CREATE TABLE node (addr INTEGER);';
const name = 'ALTER TABLE node ADD COLUMN name TEXT;';

/** @type {string} */
let app;
before(async () => {
  app = await makeApp({
    'index.html': pageOf('/src/main.ts'),
    'src/main.ts': main,
    'src/set.js': "export { default } from './migrations?wheatear';",
    'src/migrations/0001.create.sql': create,
    'vite.config.js': config,
    'imaged.config.js': config.replace('wheatear()', 'wheatear({ image: true })'),
  });
});
after(() => rm(app, { recursive: true, force: true }));

/** The plugin of the installed package. @returns {Promise<typeof import('../../client/vite.js')>} */
function plugin() {
  return import(pathToFileURL(createRequire(join(app, 'package.json')).resolve('wheatear/vite')).href);
}

/** Writes a folder of migrations for one test. */
async function writeFolder(/** @type {string} */ folder, /** @type {Record<string, string>} */ files) {
  await mkdir(join(app, folder), { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(app, folder, file), text);
  await writeFile(join(app, `${folder}.js`), `export { default } from './${folder.split('/').at(-1)}?wheatear';`);
}

describe('as a module', () => {
  for (const [bundler, bundle] of /** @type {const} */ ([
    ['Rollup', rollup],
    ['Rolldown', rolldown],
  ])) {
    test(`by ${bundler}`, async () => {
      const { wheatear } = await plugin();
      const bundled = await bundle({
        input: join(app, 'src/set.js'),
        plugins: [/** @type {any} */ (wheatear({ image: true }))],
      });
      const out = join(app, `out-${bundler}`);
      await bundled.write({ dir: out, format: 'es' });
      const { default: set } = await import(pathToFileURL(join(out, 'set.js')).href);
      assert.match(set.digest, /^[0-9a-f]{64}$/);
      assert.deepEqual(await set.load(), { '0001.create.sql': create });
      const image = gunzipSync(await readFile(new URL(set.image)));
      assert.equal(image.subarray(0, 15).toString(), 'SQLite format 3');
      assert.ok(image.includes(create.slice(0, -1)), 'it has no table');
    });
  }
});

describe('what cannot be', () => {
  /** What Rollup says of a folder, and what it makes of it. */
  async function bundle(/** @type {string} */ folder, /** @type {{ image?: boolean }} */ options) {
    const { wheatear } = await plugin();
    /** @type {string[]} */
    const logs = [];
    const bundled = await rollup({
      input: join(app, `${folder}.js`),
      // Nothing takes these back.
      plugins: [/** @type {any} */ (wheatear({ off: ['missing-down', 'time-or-chance'], ...options }))],
      onLog: (_, { message }) => logs.push(message),
    });
    const { output } = await bundled.generate({ format: 'es' });
    return { logs: logs.join('\n'), files: output.map(({ fileName }) => fileName) };
  }

  test('an image of what depends on chance is not made, and the build says why', async () => {
    await writeFolder('src/chance', { '1.sql': create, '2.sql': 'INSERT INTO node VALUES (random());' });
    const { logs, files } = await bundle('src/chance', { image: true });
    assert.match(logs, /no image of them: .*2.*random/s);
    assert.ok(!files.some((file) => file.endsWith('.image')), files.join());
  });

  test('an image is made of many files, or if it is wanted', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`${index}.sql`, `CREATE TABLE t${index} (a);`]),
    );
    const { '49.sql': _, ...few } = many;
    await writeFolder('src/many', many);
    await writeFolder('src/few', few);
    for (const [folder, options, isImaged] of /** @type {const} */ ([
      ['src/many', {}, true],
      ['src/many', { image: false }, false],
      ['src/few', {}, false],
      ['src/few', { image: true }, true],
    ])) {
      const { logs, files } = await bundle(folder, options);
      assert.equal(logs, '');
      assert.equal(
        files.some((file) => file.endsWith('.image')),
        isImaged,
        `${folder} ${JSON.stringify(options)}`,
      );
    }
  });

  test('SQL that a new database cannot run ends the build', async () => {
    await writeFolder('src/unsound', { '1.sql': create, '2.sql': 'SELECT 1;\nALTER TABEL node ADD COLUMN name;' });
    for (const image of [true, false]) await assert.rejects(bundle('src/unsound', { image }), /2\.sql:2: .*TABEL/);
  });

  test('a fault in a file ends the build, which says where it is', async () => {
    await writeFolder('src/faulty', { '1.sql': create, '2.sql': '-- depends: 3\nSELECT 1;' });
    await assert.rejects(bundle('src/faulty', {}), /2\.sql.*"3"/s);
  });

  test('so does a folder that is not there, or has no file', async () => {
    await writeFolder('src/empty', {});
    await assert.rejects(bundle('src/empty', {}), /src\/empty has no SQL file/);
    await rm(join(app, 'src/empty'), { recursive: true });
    await assert.rejects(bundle('src/empty', {}), /there is no folder .*src\/empty/);
  });
});

describeInChromium('in a page', (driver) => {
  /** What the page shows, and which of its files were loaded. */
  async function visit(/** @type {string} */ address) {
    await driver().get(address);
    return eventually(async () => {
      const [shown, files] = await driver().executeScript(() => [
        document.querySelector('output')?.textContent,
        performance.getEntriesByType('resource').map(({ name }) => name.split('/').at(-1)),
      ]);
      assert.ok(shown);
      const loaded = (/** @type {RegExp} */ kind) =>
        files.filter((/** @type {string} */ file) => kind.test(file)).length;
      return { shown, texts: loaded(/texts/), images: loaded(/\.image$/), modules: loaded(/\.wasm$/) };
    });
  }

  /** An application of which the plugin makes a set, and its chunks and assets. */
  async function builtBy(/** @type {object} */ options, /** @type {string} */ main) {
    const { wheatear } = await plugin();
    await writeFile(join(app, 'src/other.ts'), main);
    await writeFile(join(app, 'other.html'), pageOf('/src/other.ts'));
    const built = await build({
      ...vite(),
      configFile: false,
      plugins: [/** @type {any} */ (wheatear(options))],
      build: { write: false, target: 'esnext', sourcemap: true, rolldownOptions: { input: join(app, 'other.html') } },
    });
    return /** @type {import('vite').Rolldown.RolldownOutput} */ (built).output;
  }

  const opening = "import { open } from 'wheatear'; open('weather', { migrations });";

  test('a folder is found beside a file of its name, and from the root of the application', async () => {
    await writeFolder('src/beside', { '1.sql': create });
    await writeFile(join(app, 'src/beside.ts'), 'export const beside = 1;');
    await writeFile(join(app, 'src/beside/index.ts'), 'export const index = 1;');
    for (const from of ['./beside', '/src/beside']) {
      const output = await builtBy({}, `import migrations from '${from}?wheatear'; ${opening}`);
      const texts = output.filter(({ fileName }) => /beside_wheatear-texts-[^/]*\.js$/.test(fileName));
      assert.equal(texts.length, 1, from);
    }
  });

  test('nothing that is built tells where', async () => {
    const elsewhere = process.cwd();
    // As an application is built: in the map of a worker Vite names files from where it was started.
    process.chdir(app);
    const script = `import migrations from './migrations?wheatear'; ${opening}`;
    const output = await builtBy({ image: true }, script).finally(() => process.chdir(elsewhere));
    for (const file of output) {
      const text = file.type === 'chunk' ? file.code : Buffer.from(file.source).toString('latin1');
      assert.ok(!text.includes(app), file.fileName);
    }
  });

  test('a page whose worker is its own has no hint if that is said', async () => {
    const script = `import migrations from './migrations?wheatear'; ${opening}`;
    for (const [options, count] of /** @type {const} */ ([
      [{}, 1],
      [{ preload: false }, 0],
    ])) {
      const output = await builtBy(options, script);
      const page = output.find(({ fileName }) => fileName === 'other.html');
      assert.equal(String(page?.type === 'asset' && page.source).split('rel="preload"').length - 1, count);
    }
  });

  const vite = (configFile = 'vite.config.js') =>
    /** @type {import('vite').InlineConfig} */ ({ root: app, configFile: join(app, configFile), logLevel: 'error' });

  test('that is built, a visit loads what it needs', async () => {
    const rebuild = () => build({ ...vite('imaged.config.js'), build: { target: 'esnext' } });
    await rebuild();
    await serving(join(app, 'dist'), async (origin) => {
      // Whether a hint is used, and the module not loaded twice, resource timing tells.
      assert.deepEqual(await visit(origin), {
        shown: '{"to":"0001.create","rows":1}',
        texts: 0,
        images: 1,
        modules: 1,
      });
      assert.deepEqual(await visit(origin), {
        shown: '{"to":"0001.create","rows":2}',
        texts: 0,
        images: 0,
        modules: 1,
      });
      await writeFile(join(app, 'src/migrations/0002.name.sql'), name);
      await rebuild();
      assert.deepEqual(await visit(origin), { shown: '{"to":"0002.name","rows":3}', texts: 1, images: 0, modules: 1 });
      assert.deepEqual(await visit(origin), { shown: '{"to":"0002.name","rows":4}', texts: 0, images: 0, modules: 1 });
      await rm(join(app, 'src/migrations/0002.name.sql'));
    });
    const page = await readFile(join(app, 'dist/index.html'), 'utf8');
    assert.match(
      page,
      /<link rel="preload" as="fetch" type="application\/wasm" crossorigin href="\/assets\/wheatear_bg/,
    );
  });

  test('that is being written, a new file is applied at once, and one with a fault once it is mended', async () => {
    // What it says of a fault it says in the page, too.
    const server = await createServer({ ...vite(), logLevel: 'silent', server: { port: 0 } });
    await server.listen();
    try {
      const { shown } = await visit(server.resolvedUrls?.local[0] ?? '');
      assert.equal(shown, '{"to":"0001.create","rows":1}');
      await writeFile(join(app, 'src/migrations/0002.name.sql'), name);
      await eventually(async () => {
        const shown = await driver().executeScript(() => document.querySelector('output')?.textContent);
        assert.match(shown, /"to":"0002.name"/);
      });
      const faulty = join(app, 'src/migrations/0003.at.sql');
      await writeFile(faulty, '-- depend: 0002.name\nALTER TABLE node ADD COLUMN at;');
      await eventually(async () => {
        const told = await driver().executeScript(
          () => document.querySelector('vite-error-overlay')?.shadowRoot?.querySelector('.message')?.textContent,
        );
        assert.match(told ?? '', /0003\.at\.sql:1/);
      });
      await writeFile(faulty, 'ALTER TABLE node ADD COLUMN at;');
      await eventually(async () => {
        const shown = await driver().executeScript(() => document.querySelector('output')?.textContent);
        assert.match(shown, /"to":"0003.at"/);
      });
      await rm(faulty);
    } finally {
      await server.close();
      await rm(join(app, 'src/migrations/0002.name.sql'), { force: true });
    }
  });
});
