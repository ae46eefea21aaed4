// The packed package, as tools that know what goes wrong with packages see it.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { pack } from './package.mjs';

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
