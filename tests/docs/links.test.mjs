// Every relative link leads somewhere, also where only the package is.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'node:test';
import { pages, root, textOf } from './pages.mjs';

/** Folders of applications, each with a text of its own. */
const examples = readdirSync(`${root}/examples`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Every text with links that we write. */
const texts = [
  ...pages,
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'CODE_OF_CONDUCT.md',
  'SECURITY.md',
  '.github/pull_request_template.md',
  '.github/ISSUE_TEMPLATE/feature.md',
  '.github/ISSUE_TEMPLATE/upgrade.md',
  'bench/README.md',
  'bench/race/README.md',
  ...['.', ...examples].map((example) => posix.join('examples', example, 'README.md')),
];

const withoutBlocks = (/** @type {string} */ text) => text.replace(/^```.*?^```$/gms, '');

/** What a page's headings are called in addresses, as GitHub and npm do it. */
function anchorsOf(/** @type {string} */ file) {
  const headings = [
    ...textOf(file)
      .replace(/^```.*?^```$/gms, '')
      .matchAll(/^#+ (.*)$/gm),
  ];
  /** @type {Map<string, number>} */
  const seen = new Map();
  return headings.map(([, heading = '']) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

/** Each relative link of a page: what it says, the file that it leads to, from the root, and the place in that. */
function linksOf(/** @type {string} */ page, text = textOf(page)) {
  // In code, brackets mean something else.
  const prose = withoutBlocks(text).replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [path, anchor] = link.split('#');
      return { link, file: path ? posix.join(posix.dirname(page), path) : page, anchor };
    });
}

for (const page of texts) {
  test(`every link of ${page} leads somewhere`, () => {
    const dead = linksOf(page).filter(
      ({ file, anchor }) => !existsSync(`${root}/${file}`) || (anchor && !anchorsOf(file).includes(anchor)),
    );
    assert.deepEqual(dead, []);
  });
}

test('no other text of ours is left out', () => {
  const others = [
    '.',
    '.github',
    '.github/ISSUE_TEMPLATE',
    'docs',
    'bench',
    'bench/race',
    'tests',
    'client',
    'crates',
    'module',
    'migrations',
    'scripts',
    'www',
    'fuzz',
    'examples',
  ];
  const found = others.flatMap((folder) =>
    readdirSync(`${root}/${folder}`)
      .filter((file) => file.endsWith('.md'))
      .map((file) => posix.join(folder, file)),
  );
  assert.deepEqual(
    found.filter((file) => !texts.includes(file)),
    [],
  );
});

test('what the package has leads to what it has', () => {
  const isThere = (/** @type {string} */ file) => existsSync(`${root}/dist/package/${file}`);
  for (const page of pages) {
    assert.ok(isThere(page), page);
    const dead = linksOf(page, textOf(`dist/package/${page}`)).filter(({ file }) => !isThere(file));
    assert.deepEqual(dead, [], page);
  }
  assert.ok(!textOf('dist/package/README.md').includes('npm start'), 'what only a checkout has is left in the README');
});

test('every page is in the index, which README has, too', () => {
  const rowsOf = (/** @type {string} */ text) => text.match(/^\| \[.*$/gm) ?? [];
  const index = rowsOf(textOf('docs/README.md'));
  // Commands, options and promises have indexes of their own.
  const isListed = (/** @type {string} */ page) =>
    /^docs\/(commands|options|how-it-works)\//.test(page)
      ? rowsOf(textOf(`${posix.dirname(page)}/README.md`))
          .join()
          .includes(`(${posix.basename(page)})`)
      : index.join().includes(`(${page.replace('docs/', '')})`);
  assert.deepEqual(
    pages.filter((page) => !page.endsWith('README.md') && !isListed(page)),
    [],
  );
  assert.deepEqual(rowsOf(textOf('README.md').replaceAll('(docs/', '(')), index);
});
