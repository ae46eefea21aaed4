// The public API of the package is that of tests/api: what changes there is meant, and told. `UPDATE_API=1` writes it anew.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { declarationsOf } from '../../scripts/declarations.mjs';
import { root } from '../../scripts/tools.mjs';

const folder = join(root, 'tests', 'api', 'npm');
const built = join(root, 'dist', 'package');

/** Declarations of every subpath, by the name of their file. The lean ones are copies, with another module. */
function declarations() {
  /** @type {{ exports: Record<string, { types: string }> }} */
  const { exports } = JSON.parse(readFileSync(join(built, 'package.json'), 'utf8'));
  const own = Object.entries(exports).filter(([subpath]) => !subpath.startsWith('./lean'));
  const main = join(built, 'index.d.ts');
  return new Map(
    own.map(([subpath, { types }]) => [
      `wheatear${subpath.slice(1).replaceAll('/', '-')}.txt`,
      declarationsOf(join(built, types), main),
    ]),
  );
}

test('what each subpath of the package declares is what is written down', () => {
  const now = declarations();
  if (process.env.UPDATE_API) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [file, text] of now) writeFileSync(join(folder, file), text);
  }
  assert.deepEqual(readdirSync(folder).sort(), [...now.keys()].sort());
  for (const [file, text] of now) {
    const advice = `tests/api/npm/${file} is not what the package declares; if that is meant, run UPDATE_API=1 npm test -- client`;
    assert.equal(text, readFileSync(join(folder, file), 'utf8'), advice);
  }
});

test('a declaration is found behind other names, with what it is made of, and comments are not', () => {
  const made = mkdtempSync(join(tmpdir(), 'wheatear-api-'));
  const write = (/** @type {string} */ file, /** @type {string} */ text) => writeFileSync(join(made, file), text);
  try {
    write('main.d.ts', "export type { Known } from './known.js';\n");
    write('known.d.ts', 'export interface Known {\n    readonly deep: Deep;\n}\nexport type Deep = 1;\n');
    write(
      'entry.d.ts',
      "import { type Part as P } from './part.js';\nexport * from './more.js';\nexport { P as Piece };\nexport declare function f(a: 1): P;\n/** Twice. */\nexport declare function f(a: 2): P;\n",
    );
    write(
      'more.d.ts',
      "import type { Known } from './known.js';\nexport interface More extends Known {\n    /** Not this. */\n    // Nor this.\n    readonly x: Inner;\n}\ndeclare const Inner: unique symbol;\ndeclare const unused = 1;\nexport {};\n",
    );
    write(
      'part.d.ts',
      "import type { Far } from 'elsewhere';\nexport type Part = Far;\ndeclare global {\n    interface Window {\n        x: 1;\n    }\n}\n",
    );
    assert.equal(
      declarationsOf(join(made, 'entry.d.ts'), join(made, 'main.d.ts')),
      `// exports
//   More
//   Piece
//   f

// of the package's main entry: Known

export interface More extends Known {
    readonly x: Inner;
}

export type Part = Far;

export declare function f(a: 1): P;
export declare function f(a: 2): P;

// not exported, and part of those:

declare const Inner: unique symbol;

declare global {
    interface Window {
        x: 1;
    }
}
`,
    );
  } finally {
    rmSync(made, { recursive: true });
  }
});
