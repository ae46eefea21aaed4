// The site as it was built: what has a page, and what its search finds. It fails to be built where a link leads nowhere.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { By } from 'selenium-webdriver';
import { pagesOf } from '../../site/pages.mjs';
import { serving } from '../apps/package.mjs';
import { root, textOf } from '../docs/pages.mjs';
import { engines } from '../lab/engines.mjs';
import { eventually } from '../lab/eventually.mjs';

const engine = engines.find(({ name }) => name === 'Chromium');

const site = join(root, 'dist', 'docs');

/** What headings of this depth say. @returns {string[]} */
function headings(/** @type {string} */ page, /** @type {string} */ depth) {
  return [...textOf(page).matchAll(new RegExp(`^${depth} \`?([a-z_-]+)\`?$`, 'gm'))].map(([, name = '']) => name);
}
/** Pages whose sections are pages, and the names of the sections. */
const optionPages = readdirSync(join(root, 'docs', 'options')).map((name) => name.slice(0, -'.md'.length));
const options = optionPages.flatMap((page) =>
  [...textOf(`docs/options/${page}.md`).matchAll(/^## `(.*)`$/gm)].map(([, name]) => `${page}/${name}`),
);
const codes = headings('docs/errors.md', '###');
const lints = headings('docs/lints.md', '##');

describe('pages', () => {
  test('each error, lint, command and option has one, and so have the interfaces and the demo', () => {
    assert.ok(codes.length > 40 && lints.length > 15 && options.length > 50);
    const commands = readdirSync(join(root, 'docs', 'commands')).map((name) => name.replace('README', 'index'));
    const wanted = [
      ...codes.map((code) => `errors/${code}.html`),
      ...lints.map((lint) => `lints/${lint}.html`),
      ...options.map((option) => `options/${option}.html`),
      ...commands.map((name) => `commands/${name.replace(/md$/, 'html')}`),
      ...['api/typescript/functions/index.open.html', 'api/rust/wheatear/struct.Migrator.html', '../demo/index.html'],
    ];
    assert.deepEqual(
      wanted.filter((path) => !existsSync(join(site, path))),
      [],
    );
  });

  test('links between files of the repository lead to pages, and what is not on the site is no link', () => {
    const pages = pagesOf(
      new Map([
        [
          'README.md',
          '[docs](docs/README.md) [start](docs/start.md#here) [house](CONTRIBUTING.md) [out](https://a.b)\n',
        ],
        ['docs/README.md', 'x\n'],
        ['docs/start.md', '[up](../README.md) [`code`](errors.md#one_code)\n```md\n[kept](../README.md)\n```\n'],
        [
          'docs/errors.md',
          '# Errors\n## Class\n### `one_code`\nIt is [here](start.md).\n#### More\nm\n### `other`\no\n',
        ],
      ]),
    );
    assert.equal(pages.get('index.md'), '[docs](./contents.md) [start](./start.md#here) house [out](https://a.b)\n');
    assert.equal(
      pages.get('start.md'),
      '[up](./index.md) [`code`](./errors.md#one_code)\n```md\n[kept](../README.md)\n```\n',
    );
    assert.equal(pages.get('errors/one_code.md'), '# `one_code`\nIt is [here](../start.md).\n#### More\nm\n');
    assert.deepEqual([...pages.keys()].sort(), [
      'contents.md',
      'errors.md',
      'errors/one_code.md',
      'errors/other.md',
      'index.md',
      'start.md',
    ]);
  });
});

test('no link on any page leads nowhere', () => {
  const isPage = (/** @type {string} */ path) => path.endsWith('.html') && !path.startsWith('api/');
  const files = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter(isPage);
  const texts = new Map(files.map((file) => [file, readFileSync(join(site, file), 'utf8')]));
  assert.ok(texts.size > 200);
  const idsOf = (/** @type {string} */ file) =>
    new Set([...(texts.get(file) ?? '').matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const ids = new Map(files.map((file) => [file, idsOf(file)]));
  /** @type {Set<string>} */
  const dead = new Set();
  for (const [file, text] of texts) {
    for (const [, href = ''] of text.matchAll(/<a\b[^>]* href="([^"]*)"/g)) {
      const address = new URL(href, `https://site.example/docs/${file}`);
      if (address.host !== 'site.example') continue;
      const path = decodeURI(address.pathname).replace(/\/$/, '/index.html');
      const page = /^\/docs\/(.*)$/.exec(path)?.[1];
      const isThere = existsSync(join(root, 'dist', path));
      const anchor = decodeURIComponent(address.hash.slice(1));
      const hasAnchor = anchor === '' || page === undefined || !ids.has(page) || ids.get(page)?.has(anchor);
      if (!isThere || !hasAnchor) dead.add(`${page ?? path}${address.hash}`);
    }
  }
  assert.deepEqual([...dead], []);
});

test('without its server, search finds pages and they are shown', { skip: !engine }, async () => {
  const driver = await engine?.start({ downloads: '/tmp' });
  assert.ok(driver);
  try {
    /** @type {string} */
    let address = '';
    await serving(
      join(root, 'dist'),
      async (origin) => {
        address = `${origin}/docs/index.html`;
        await driver.get(address);
        await eventually(async () => {
          const isKept = await driver.executeScript(
            async () => !!(await navigator.serviceWorker.getRegistration())?.active,
          );
          assert.equal(isKept, true);
        });
      },
      {},
    );
    await driver.get(address);
    const click = (/** @type {string} */ selector) =>
      eventually(async () => driver.findElement(By.css(selector)).click());
    await click('.VPNavBarSearch button');
    await eventually(async () => driver.findElement(By.css('.search-input')).sendKeys('database_ahead'));
    await click('.results a[href*="errors/database_ahead"]');
    await eventually(async () => {
      assert.equal(await driver.findElement(By.css('h1')).getText(), 'database_ahead');
    });
  } finally {
    await driver.quit();
  }
});

describe('search', () => {
  /** @type {(words: string) => string[]} */
  let search;
  before(async () => {
    const chunks = join(site, 'assets', 'chunks');
    const index = readdirSync(chunks).find((name) => name.startsWith('@localSearchIndexroot'));
    const [, json = ''] = /^const \w+=(.*);export/s.exec(readFileSync(join(chunks, index ?? ''), 'utf8')) ?? [];
    const MiniSearch = createRequire(join(root, 'site', 'package.json'))('minisearch');
    // As the page asks it. Source: VitePress, VPLocalSearchBox.vue
    const asked = { fuzzy: 0.2, prefix: true, boost: { title: 4, text: 2, titles: 1 } };
    const fields = { fields: ['title', 'titles', 'text'], storeFields: ['title', 'titles'], searchOptions: asked };
    const found = MiniSearch.loadJSON(new Function(`return ${json}`)(), fields);
    /** @type {(words: string) => { id: string }[]} */
    const results = (words) => found.search(words);
    search = (words) => results(words).map(({ id }) => id.replace(/^\/docs\//, ''));
  });

  test('the name of an error or of a lint finds its page among the first three', () => {
    for (const name of [...codes, ...lints]) {
      const first = search(name).slice(0, 3);
      const isPage = new RegExp(`^(errors|lints)/${name}\\.html`);
      assert.ok(
        first.some((id) => isPage.test(id)),
        `${name}: ${first}`,
      );
    }
  });

  test('the name of an option and what it belongs to find its page among the first three', () => {
    for (const option of options) {
      const first = search(option.replace('/', ' ')).slice(0, 3);
      assert.ok(
        first.some((id) => id.startsWith(`options/${option}.html`)),
        `${option}: ${first}`,
      );
    }
  });

  test('a question finds its answer before all else', () => {
    const questions = [...textOf('docs/questions.md').matchAll(/^### (.*)$/gm)].map(([, question = '']) => question);
    assert.ok(questions.length > 24);
    for (const question of questions) {
      const [first = ''] = search(question);
      const [word = ''] = question.toLowerCase().split(' ');
      assert.ok(first.startsWith(`questions.html#${word}`), `${question}: ${first}`);
    }
  });
});
