// What the pages of docs/commands show of the program is what it does, in both of its homes. `UPDATE_PAGES=1` writes what
// the native one says into them.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { root } from '../../scripts/tools.mjs';
import { homes, workplace } from './homes.mjs';

const folder = join(root, 'docs', 'commands');
const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));

/** Blocks that show a terminal. */
const shown = /(?<=^```console\n)(.*?)(?=^```$)/gms;

describe('what a page shows', () => {
  for (const page of pages) {
    for (const home of /** @type {const} */ (['native', 'node'])) {
      test(`${page}, ${home}`, (t) => {
        const text = readFileSync(join(folder, page), 'utf8');
        const shell = new Shell(workplace(home, t));
        const done = text.replace(shown, (session) => shell.repeat(session));
        const isUpdated = process.env.UPDATE_PAGES && home === 'native' && timeless(done) !== timeless(text);
        if (isUpdated) writeFileSync(join(folder, page), done);
        else assert.equal(timeless(done), timeless(text));
      });
    }
  }

  test('both homes are there', () => assert.deepEqual(Object.keys(homes), ['native', 'node']));
});

/** Someone who types what a page shows. */
class Shell {
  /** @type {ReturnType<typeof workplace>} */
  #workplace;
  #exitCode = 0;

  constructor(/** @type {ReturnType<typeof workplace>} */ place) {
    this.#workplace = place;
  }

  /** Types every command of a session, and gives the session with what is said to each. */
  repeat(/** @type {string} */ session) {
    const parts = session.split(/^(?=\$ )/m).map((part) => {
      const [first = '', ...rest] = part.split('\n');
      return `${first}\n${this.#answer(first.replace(/^\$ /, ''), rest.join('\n'))}`;
    });
    return parts.join('');
  }

  /** What is said to a command; `expected` is what a file is written with that is shown first here. */
  #answer(/** @type {string} */ command, /** @type {string} */ expected) {
    const { folder, env } = this.#workplace;
    const [, file] = /^cat ([^|<>]+)$/.exec(command) ?? [];
    if (file && !existsSync(join(folder, file))) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), expected);
      return expected;
    }
    if (command === 'echo $?') return `${this.#exitCode}\n`;
    const { status, stdout } = spawnSync('bash', ['-c', `${command} 2>&1`], { cwd: folder, env, encoding: 'utf8' });
    this.#exitCode = status ?? -1;
    return stdout;
  }
}

/** A text without what is another one each time. */
function timeless(/** @type {string} */ text) {
  return text
    .replace(/\d+\.\d ms/g, 'N ms')
    .replace(/ +N ms/g, ' N ms')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'TIME')
    .replace(/"durationMs":[\d.]+/g, '"durationMs":N');
}
