// Each option has a section: what it does, its type, what holds without it, its errors, an example.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openRules } from '../../dist/package/page/open-options.js';
import { pages, textOf } from './pages.mjs';

/** The options that an interface of the package has. */
function ofInterface(/** @type {string} */ part, /** @type {string} */ name) {
  const declared = textOf(`tests/api/npm/${part}.txt`);
  const [, body = ''] = new RegExp(`interface ${name}\\b[^{]*\\{\\n(.*?)\\n\\}`, 's').exec(declared) ?? [];
  return [...body.matchAll(/^ {4}(?:readonly )?(\w+)\??:/gm)].map(([, option = '']) => option);
}

/** The fields of the program's settings, as JSON has them. */
function ofSettings() {
  const [, body = ''] = /pub\(crate\) struct Settings \{(.*?)\n\}/s.exec(textOf('crates/cli/src/settings.rs')) ?? [];
  const fields = [...body.matchAll(/pub (\w+):/g)].map(([, field = '']) => field);
  return fields.map((field) => field.replace(/_(\w)/g, (_, letter) => letter.toUpperCase()));
}

/** The headers that a file may have. */
function ofHeaders() {
  return [...textOf('crates/core/src/header.rs').matchAll(/Self::\w+ => "([a-z_-]+)",/g)].map(([, name = '']) => name);
}

const ofCalls = ['KeyOptions', 'SignalOptions', 'ArrayOptions', 'StreamOptions', 'WatchOptions', 'PlanOptions'];

/** By the page of docs/options that has them. */
const options = {
  open: Object.keys(openRules),
  calls: [
    ...ofCalls.flatMap((name) => ofInterface('wheatear', name)),
    ...ofInterface('wheatear', 'ImportOptions').filter((name) => !(name in openRules)),
  ],
  worker: ofInterface('wheatear-worker', 'ServeOptions'),
  react: [...ofInterface('wheatear-react', 'DatabaseProviderProps'), ...ofInterface('wheatear-react', 'QueryOptions')],
  testing: [
    ...ofInterface('wheatear-testing', 'InMemoryOptions'),
    ...ofInterface('wheatear-testing', 'UpgradeOptions'),
  ],
  plugin: ofInterface('wheatear-vite', 'FolderOptions'),
  headers: ofHeaders(),
  'wheatear-json': ofSettings(),
};

for (const [page, names] of Object.entries(options)) {
  describe(`docs/options/${page}.md`, () => {
    const sections = new Map(
      textOf(`docs/options/${page}.md`)
        .split(/^## /m)
        .slice(1)
        .map((text) => [/^`(.*?)`$/m.exec(text)?.[1], text]),
    );

    test('has a section for each option, and for no other', () => {
      assert.ok(names.length > 2, `${names}`);
      assert.deepEqual([...sections.keys()].sort(), [...new Set(names)].sort());
    });

    test('each has a sentence, a type, what holds without it, errors, and an example that names it', () => {
      for (const [name = '', text] of sections) {
        const shape =
          /^[^\n]+\n\n(?!\|)[^|]+\n\n\| type \| without it \| errors \|\n\| --- \| --- \| --- \|\n\|[^|]+\|[^|]+\|[^|]+\|\n\n```\w+\n(.*?)\n```\n/s;
        const [, example = ''] = shape.exec(text) ?? [];
        assert.match(example, new RegExp(`\\b${name}\\b`), name);
      }
    });
  });
}

test('every page of options has its options compared', () => {
  const found = pages.filter((page) => page.startsWith('docs/options/') && !page.endsWith('README.md'));
  assert.deepEqual(found.map((page) => page.replace(/^.*\/|\.md$/g, '')).sort(), Object.keys(options).sort());
});
