// The TypeScript and JavaScript of the documentation, checked against the types of the built package.
//
// Each block is a module of its own, and all of them are compiled: one that is a fragment has around it what
// surroundings.d.ts declares, and may use `open` and `sql` without importing them. Of a page in HTML it is the script.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { blocks, importsFor, peers, root } from './pages.mjs';

/** What is compiled; it stays, for whoever wants to see it. */
const folder = join(root, 'dist', 'snippets');

/** Languages, and what is checked elsewhere: by cargo, by commands.test.mjs, or by nobody because nothing is claimed of it. */
const elsewhere = ['sql', 'rust', 'toml', 'sh', 'text', 'console'];

test('every block of code has a language that something checks', () => {
  const unknown = blocks.filter(({ language }) => !['ts', 'tsx', 'js', 'html', ...elsewhere].includes(language));
  assert.deepEqual(unknown, []);
});

test('every snippet fits the types of the package', () => {
  rmSync(folder, { recursive: true, force: true });
  const files = blocks.flatMap(fileOf);
  assert.ok(files.length > 0, 'there are no snippets');
  for (const { file, text } of files) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project()));
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  assert.equal(status, 0, `${stdout}${stderr}`);
});

/** A block as a file in which each line has the number that it has on the page. */
function fileOf(/** @type {import('./pages.mjs').Block} */ { page, line, language, code }) {
  // A service worker has other types than a page; tests/apps runs it.
  if (elsewhere.includes(language) || code.startsWith('// src/sw.js\n')) return [];
  const script = language === 'html' ? scriptOf(code) : code;
  const isTyped = language === 'ts' || language === 'tsx';
  const imports = `${importsFor(script)} export {};`;
  const text = `${isTyped ? imports : ''}${'\n'.repeat(line - 1)}${script}`;
  return [{ file: `${page.replace('.md', '')}/${line}.${isTyped ? language : 'js'}`, text }];
}

/** The script of a page in HTML, on the lines where it stands. */
function scriptOf(/** @type {string} */ html) {
  const [, before = '', script = ''] = /^(.*<script type="module">)(.*)<\/script>/s.exec(html) ?? [];
  assert.notEqual(script, '', 'a page without a script');
  return '\n'.repeat(before.split('\n').length - 1) + script;
}

/** As an application has it that is as strict as can be; the package by its export map. */
function project() {
  const { exports } = JSON.parse(readFileSync(join(root, 'dist', 'package', 'package.json'), 'utf8'));
  /** @type {Record<string, string[]>} */
  const paths = {};
  for (const [entry, { types }] of Object.entries(exports)) {
    // The lean one is a copy, which is there once there is a module for it.
    paths[entry.replace('.', 'wheatear')] = [`../package/${types.replace('lean/', '')}`];
  }
  const ofReact = '../../tests/adapters/node_modules/@types/react';
  Object.assign(paths, { react: [ofReact], 'react/jsx-runtime': [`${ofReact}/jsx-runtime.d.ts`] });
  for (const peer of peers) {
    const installed = `../../tests/adapters/node_modules/${peer}`;
    Object.assign(paths, { [peer]: [installed], [`${peer}/*`]: [`${installed}/*`, `${installed}/dist/*`] });
  }
  return {
    extends: '../../tsconfig.base.json',
    compilerOptions: {
      noEmit: true,
      allowJs: true,
      checkJs: true,
      jsx: 'react-jsx',
      // It shows what there is.
      noUnusedLocals: false,
      lib: ['es2022', 'esnext.disposable', 'dom', 'dom.iterable'],
      types: ['vite/client', 'webpack/module'],
      paths,
    },
    include: ['.', '../../tests/docs/surroundings.d.ts', '../package/imports.d.ts'],
  };
}
