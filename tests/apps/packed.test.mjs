// The packed package, as tools that know what goes wrong with packages see it.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { build as esbuild } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { rolldown } from 'rolldown';
import { root } from '../docs/pages.mjs';
import { makeApp, pack } from './package.mjs';

/** @type {string} */
let folder;
/** @type {Buffer} */
let tarball;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wheatear-packed-'));
  tarball = await readFile(await pack(folder));
});
after(() => rm(folder, { recursive: true, force: true }));

test('publint has nothing to say', async () => {
  const data = tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.length);
  const { messages, pkg } = await publint({ pack: { tarball: /** @type {ArrayBuffer} */ (data) } });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test('no way of resolving types is wrong, but that nothing here is CommonJS', async () => {
  const analysis = await checkPackage(createPackageFromTarballData(tarball));
  assert.ok(analysis.types, 'it has no types');
  // Resolution as before the export map, which TypeScript 7 does not have any more, finds no subpath.
  const problems = analysis.problems.filter(
    (problem) =>
      problem.kind !== 'CJSResolvesToESM' && !('resolutionKind' in problem && problem.resolutionKind === 'node10'),
  );
  assert.deepEqual(problems, []);
});

test('nothing in it tells where it was made', async () => {
  const analysis = createPackageFromTarballData(tarball);
  for (const file of analysis.listFiles()) {
    const text = analysis.tryReadFile(file);
    assert.ok(!text?.includes(process.cwd()), file);
  }
});

test('whose code the modules have is in its list of licences, and what bundlers put together is our own', async () => {
  const analysis = createPackageFromTarballData(tarball);
  const licences = analysis.tryReadFile(
    analysis.listFiles().find((file) => file.endsWith('/THIRD-PARTY-LICENSES.md')) ?? '',
  );
  assert.ok(licences, 'it has no list of licences');
  for (const module of ['page/wheatear', 'lean/page/wheatear', 'tools/wheatear_tools']) {
    const bytes = await readFile(join(root, 'dist', 'package', `${module}_bg.wasm`), 'latin1');
    // Places in their source, for messages; those of the standard library are in a folder of its own.
    const places = [...bytes.matchAll(/(\/rust\/deps\/|)\b([a-z][\w-]*)-(\d+\.\d+\.\d+)\/src\//g)];
    const crates = new Set(places.filter(([, std]) => !std).map(([, , name, version]) => `${name} ${version}`));
    assert.ok(crates.size > 10, `${module} tells of ${crates.size} crates`);
    for (const crate of crates) assert.ok(licences.includes(`\n| ${crate} |`), crate);
  }
  for (const file of analysis.listFiles().filter((file) => file.endsWith('.js.map'))) {
    const { sources } = JSON.parse(analysis.tryReadFile(file) ?? '');
    assert.ok(!sources.some((/** @type {string} */ source) => source.includes('node_modules')), file);
  }
});

test('every script has a map, in which the text that it was made of is', async () => {
  const analysis = createPackageFromTarballData(tarball);
  const textOf = (/** @type {string} */ file) => analysis.tryReadFile(file) ?? '';
  const scripts = analysis
    .listFiles()
    // Those are as wasm-bindgen made them.
    .filter((file) => file.endsWith('.js') && !/\/(page\/wheatear|tools\/wheatear_tools)\.js$/.test(file));
  assert.ok(scripts.length > 100, `${scripts.length} scripts`);
  for (const script of scripts) {
    const [, map = ''] = /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(textOf(script)) ?? [];
    const { sources, sourcesContent } = JSON.parse(textOf(`${dirname(script)}/${map}`));
    assert.ok(sources.length > 0 && sourcesContent.length === sources.length, script);
    assert.ok(
      sourcesContent.every((/** @type {unknown} */ text) => typeof text === 'string' && text !== ''),
      script,
    );
  }
});

test('its module for tools makes images in Node.js, and says why there is none', async () => {
  const app = await makeApp({});
  try {
    const tools = join(app, 'node_modules/wheatear/tools/wheatear_tools');
    const module = await import(pathToFileURL(`${tools}.js`).href);
    await module.default({ module_or_path: await readFile(`${tools}_bg.wasm`) });
    const imageOf = (/** @type {string} */ sql) => module.imageOfFiles(['m/1.sql'], [sql]);
    const rows = 'CREATE TABLE note (at DEFAULT CURRENT_DATE); INSERT INTO note VALUES';
    const { digest, image, reason } = imageOf(`${rows} (1);`);
    assert.match(digest, /^[0-9a-f]{64}$/);
    assert.equal(Buffer.from(image).toString('latin1', 0, 15), 'SQLite format 3');
    assert.equal(reason, undefined);
    assert.deepEqual(imageOf(`${rows} (1);`).image, image);
    assert.deepEqual(imageOf(`${rows} (date('now'));`), {
      digest: imageOf(`${rows} (date('now'));`).digest,
      image: undefined,
      reason: 'm/1.sql:1: statement 2 of migration "1" depends on date()',
      isFault: false,
    });
    assert.throws(
      () => imageOf('-- unknown: header\n'),
      (/** @type {{ code: string }} */ { code }) => typeof code === 'string',
    );
  } finally {
    await rm(app, { recursive: true, force: true });
  }
});

test('a place in the client is one in its TypeScript', async () => {
  const app = await makeApp({});
  try {
    const script = 'node_modules/wheatear/page/open.js';
    const thrown = '"A database in memory cannot begin as a file';
    const [code, map] = await Promise.all(['', '.map'].map((end) => readFile(join(app, script + end), 'utf8')));
    const [line, column] = placeOf(code ?? '', thrown);
    const { originalSource, originalLine, originalColumn } = /** @type {import('node:module').SourceMapping} */ (
      new SourceMap(JSON.parse(map ?? '')).findEntry(line, column)
    );
    assert.match(originalSource ?? '', /\bclient\/page\/open\.ts$/);
    const source = await readFile(join(root, 'client/page/open.ts'), 'utf8');
    assert.deepEqual([originalLine, originalColumn], placeOf(source, thrown));
    assert.ok(JSON.parse(map ?? '').sourcesContent.includes(source));
  } finally {
    await rm(app, { recursive: true, force: true });
  }
});

/** Line and column of a text in another, counted from 0. */
function placeOf(/** @type {string} */ text, /** @type {string} */ part) {
  const before = text.slice(0, text.indexOf(part)).split('\n');
  assert.ok(text.includes(part), part);
  return /** @type {[number, number]} */ ([before.length - 1, before.at(-1)?.length ?? 0]);
}

test('who imports a little of it does not carry the rest', async () => {
  const app = await makeApp({});
  /** How long a bundle is that exports these, as each bundler makes it. */
  const sizesOf = async (/** @type {string} */ names) => {
    const entry = join(app, `${names.replace(/\W+/g, '-')}.js`);
    await writeFile(entry, `export { ${names} } from 'wheatear';`);
    const { outputFiles } = await esbuild({
      entryPoints: [entry],
      bundle: true,
      format: 'esm',
      minify: true,
      write: false,
    });
    const bundle = await rolldown({ input: entry });
    const { output } = await bundle.generate({ format: 'esm', minify: true });
    return [outputFiles[0]?.text.length ?? 0, output[0].code.length];
  };
  try {
    const all = await sizesOf('open');
    for (const names of ['sql', 'StorageError', 'WheatearError, QueryError']) {
      for (const [bundler, size] of (await sizesOf(names)).entries()) {
        assert.ok(size < (all[bundler] ?? 0) / 5, `${names}: ${size} of ${all[bundler]}`);
      }
    }
  } finally {
    await rm(app, { recursive: true, force: true });
  }
});

test('the screens come with a bare import, and have no second client with them', async () => {
  const app = await makeApp({});
  try {
    for (const main of ['wheatear', 'wheatear/lean']) {
      const input = join(app, 'screens.js');
      await writeFile(input, `export { open } from '${main}'; import '${main}/ui';`);
      const bundle = await rolldown({ input });
      const { output } = await bundle.generate({ format: 'esm' });
      assert.match(output[0].code, /['"]wheatear-recovery['"]/);
      const modules = output.flatMap((each) => (each.type === 'chunk' ? each.moduleIds : []));
      const own = modules.filter((id) => /[\\/]node_modules[\\/]wheatear[\\/]/.test(id));
      assert.ok(own.length > 20);
      const isLean = (/** @type {string} */ id) => /[\\/]wheatear[\\/]lean[\\/]/.test(id);
      assert.deepEqual([...new Set(own.map(isLean))], [main === 'wheatear/lean'], main);
    }
  } finally {
    await rm(app, { recursive: true, force: true });
  }
});
