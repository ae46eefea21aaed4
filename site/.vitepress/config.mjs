// The site of the documentation. Search is a file of the site: it needs no server, and nobody else's.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { split } from '../pages.mjs';

const pages = fileURLToPath(new URL('../pages', import.meta.url));

/** The first heading of a page. */
function titleOf(page) {
  return /^# (.*)$/m.exec(readFileSync(join(pages, page), 'utf8'))?.[1]?.replaceAll('`', '') ?? page;
}

const item = (page) => ({ text: titleOf(page), link: `/${page.replace(/((?<=^|\/)index)?\.md$/, '')}` });

/** All pages of a folder. */
function itemsIn(folder) {
  const names = existsSync(join(pages, folder)) ? readdirSync(join(pages, folder)) : [];
  const others = names.filter((name) => name.endsWith('.md') && name !== 'index.md');
  return others.map((name) => item(`${folder}/${name}`));
}

/** Those pages, each with the pages of its sections below it. */
const nestedIn = (folder) =>
  itemsIn(folder).map((page) => ({ ...page, collapsed: true, items: itemsIn(page.link.slice(1)) }));

const parts = {
  Start: ['index.md', 'getting-started.md', 'rust.md', 'frameworks.md', 'how-it-works/index.md'],
  Guides: [
    'migrations.md',
    'data-changes.md',
    'deploying.md',
    'tabs.md',
    'storage.md',
    'backups.md',
    'testing.md',
    'offline.md',
    'native.md',
  ],
  'Moving here': [
    'moving.md',
    'from-sqlocal.md',
    'from-drizzle.md',
    'from-kysely.md',
    'from-pglite.md',
    'from-dexie.md',
    'from-absurd-sql.md',
    'from-yoyo.md',
    'importing.md',
    'adopting.md',
  ],
  'In the application': ['opening.md', 'queries.md', 'reading.md', 'types.md', 'drizzle.md', 'kysely.md'],
  Reference: [
    'options/index.md',
    'errors.md',
    'lints.md',
    'operations.md',
    'code-and-functions.md',
    'tables.md',
    'questions.md',
    'contents.md',
    'changelog.md',
  ],
};
const named = Object.values(parts).flat();
const others = readdirSync(pages).filter((name) => name.endsWith('.md') && !named.includes(name));
parts['In the application'].push(...others);

const base = process.env.DOCS_BASE ?? '/docs/';

export default defineConfig({
  title: 'Wheatear',
  description: 'Upgrades the SQLite database that lives in a browser.',
  srcDir: 'pages',
  outDir: '../dist/docs',
  base,
  cleanUrls: false,
  lastUpdated: false,
  head: [['script', {}, `navigator.serviceWorker?.register('${base}offline.js')`]],
  // Pages are written to be read in a repository, too: their links have the anchors that headings get there.
  markdown: {
    anchor: {
      slugify: (heading) =>
        heading
          .toLowerCase()
          .replace(/[^\p{L}\p{N}_ -]/gu, '')
          .replaceAll(' ', '-'),
    },
  },
  themeConfig: {
    nav: [
      { text: 'Getting started', link: '/getting-started' },
      { text: 'Errors', link: '/errors' },
      { text: 'Commands', link: '/commands/' },
      {
        text: 'API',
        items: [
          { text: 'TypeScript', link: '/api/typescript/index.html', target: '_self' },
          { text: 'Rust', link: '/api/rust/wheatear/index.html', target: '_self' },
        ],
      },
      { text: 'Demo', link: '/../demo/index.html', target: '_self' },
    ],
    sidebar: [
      ...Object.entries(parts).map(([text, names]) => ({ text, items: names.map(item) })),
      { text: 'How it works, one by one', collapsed: true, items: itemsIn('how-it-works') },
      { text: 'The program', collapsed: true, items: [item('commands/index.md'), ...itemsIn('commands')] },
      { text: 'Options, one by one', collapsed: true, items: nestedIn('options') },
      { text: 'Errors, one by one', collapsed: true, items: itemsIn('errors') },
      { text: 'Lints, one by one', collapsed: true, items: itemsIn('lints') },
    ],
    outline: [2, 3],
    search: {
      provider: 'local',
      options: {
        // What has pages of its own is found there; and the changelog has every word.
        _render: (source, env, markdown) =>
          env.relativePath in split || env.relativePath === 'changelog.md' ? '' : markdown.render(source, env),
      },
    },
  },
});
