// What the documentation says to type in a shell is there to be typed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blocks, pages, textOf } from './pages.mjs';

const { scripts } = JSON.parse(textOf('package.json'));

/** Programs that are there, or that a page says to install; npm's own commands. */
const programs = ['cargo', 'cd', 'cp', 'export', 'npm', 'npx', 'rustup', 'wasm-bindgen'];
const ofNpm = ['create', 'install', 'ci', 'pack'];

test('every command of a block is one that there is', () => {
  const commands = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ page, code }) => code.split('\n').map((line) => ({ page, line: line.replace(/(^|\s)#.*/, '').trim() })))
    .filter(({ line }) => line !== '');
  assert.ok(commands.length > 0, 'there are no commands');
  // What is set before a command is not the command.
  const unknown = commands.filter(
    ({ line }) => !programs.includes(line.replace(/^(\w+=\S* )*/, '').split(' ', 1)[0] ?? ''),
  );
  assert.deepEqual(unknown, []);
});

test('every script that is named is one of package.json', () => {
  for (const page of [...pages, 'CONTRIBUTING.md']) {
    for (const [command, run, name = ''] of textOf(page).matchAll(/(?<=^|`)npm (run )?([a-z]+(?::[a-z]+)?)/gm)) {
      // That one is of the application which the page makes.
      if (!run && ofNpm.includes(name)) continue;
      if (command === 'npm run dev' && page === 'docs/getting-started.md') continue;
      assert.ok(name in scripts, `${page}: ${command}`);
    }
  }
});
