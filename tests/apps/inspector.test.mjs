// What docs/ui.md says of the inspector in a build: what it shows is a chunk of its own, and in the way that the page names for
// Vite there is nothing of it.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'vite';
import { blocksOf, root } from '../docs/pages.mjs';

/** Only what it shows has this in it. */
const heavy = 'EXPLAIN QUERY PLAN';

/** The chunks that Vite makes of a program for production; what it imports of the package but the screens does nothing. */
async function chunksOf(/** @type {string} */ program) {
  const folder = mkdtempSync(join(tmpdir(), 'wheatear-inspector-'));
  try {
    writeFileSync(join(folder, 'main.js'), program);
    writeFileSync(join(folder, 'wheatear.js'), 'export const open = async () => ({});');
    const alias = [
      { find: /^wheatear$/, replacement: join(folder, 'wheatear.js') },
      { find: /^wheatear\/ui$/, replacement: join(root, 'dist', 'package', 'ui.js') },
    ];
    const rolldownOptions = { input: join(folder, 'main.js') };
    const made = await build({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      resolve: { alias },
      build: { write: false, modulePreload: false, rolldownOptions },
    });
    const outputs = [made].flat().flatMap((bundle) => ('output' in bundle ? bundle.output : []));
    return outputs.flatMap((output) => (output.type === 'chunk' ? [output] : []));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('what the inspector shows is no part of what is loaded with the screens', async () => {
  const chunks = await chunksOf("import 'wheatear/ui';");
  const entry = chunks.find(({ isEntry }) => isEntry);
  assert.ok(entry);
  assert.ok(entry.code.includes('wheatear-inspector'), 'the element is not in the bundle');
  assert.ok(!entry.code.includes(heavy), 'what it shows is in the first chunk');
  assert.ok(
    chunks.some(({ code }) => code.includes(heavy)),
    'what it shows is nowhere',
  );
});

test('in the way that the page names for Vite, nothing of it is in a build', async () => {
  const block = blocksOf('docs/ui.md').find(({ code }) => code.includes('import.meta.env.DEV'));
  assert.ok(block);
  const chunks = await chunksOf(`import { open } from 'wheatear';\nconst migrations = {};\n${block.code}`);
  assert.deepEqual(
    chunks.filter(({ code }) => code.includes('wheatear-inspector') || code.includes(heavy)).map(({ name }) => name),
    [],
  );
});
