// The pages of the site, made of README, changelog and docs/, which are written to be read in the repository, too.

import { posix } from 'node:path';

/**
 * Pages whose sections are also pages of their own: what their headings begin with, and what stands behind the name in the title.
 *
 * @type {Record<string, { heading: string, of?: string }>}
 */
export const split = {
  'errors.md': { heading: '### ' },
  'lints.md': { heading: '## ' },
  'options/open.md': { heading: '## ', of: ', option of open' },
  'options/calls.md': { heading: '## ', of: ', option of calls' },
  'options/worker.md': { heading: '## ', of: ', option of serve' },
  'options/react.md': { heading: '## ', of: ', option of wheatear/react' },
  'options/testing.md': { heading: '## ', of: ', option of wheatear/testing' },
  'options/plugin.md': { heading: '## ', of: ', option of the plugin' },
  'options/headers.md': { heading: '## ', of: ', header of a migration' },
  'options/wheatear-json.md': { heading: '## ', of: ', in wheatear.json' },
};

/**
 * @param {ReadonlyMap<string, string>} files texts by path from the root of the repository
 * @returns {Map<string, string>} texts by path from the root of the site
 */
export function pagesOf(files) {
  const addresses = new Map([...files.keys()].map((path) => [path, addressOf(path)]));
  const pages = new Map();
  for (const [path, text] of files) {
    const page = String(addresses.get(path));
    pages.set(page, linked(text, path, page, addresses));
    const { heading, of = '' } = split[page] ?? {};
    if (heading === undefined) continue;
    for (const [title, section] of sectionsOf(text, heading)) {
      const name = title.replaceAll('`', '');
      // A page for each code, lint and option, not for what is said of all of them.
      if (!/^[a-zA-Z_-]+$/.test(name)) continue;
      const own = `${page.slice(0, -'.md'.length)}/${name}.md`;
      pages.set(own, linked(`# ${title}${of}\n${section}`, path, own, addresses));
    }
  }
  return pages;
}

/** Where a file of the repository is on the site. */
function addressOf(/** @type {string} */ path) {
  if (path === 'README.md') return 'index.md';
  if (path === 'docs/README.md') return 'contents.md';
  return path
    .replace(/^docs\//, '')
    .replace(/README\.md$/, 'index.md')
    .toLowerCase();
}

/**
 * A text whose links lead to pages of the site; what is not on it is no link.
 *
 * @param {string} text
 * @param {string} path of its file
 * @param {string} page
 * @param {ReadonlyMap<string, string>} addresses
 */
function linked(text, path, page, addresses) {
  return outsideOfCode(text, (prose) =>
    prose.replace(/\[((?:[^\][]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g, (link, words, target) => {
      if (/^[a-z]+:/.test(target)) return link;
      const [file, anchor] = target.split('#');
      const address = addresses.get(file === '' ? path : posix.join(posix.dirname(path), file));
      if (address === undefined) return words;
      const from = posix.relative(posix.dirname(page), address);
      return `[${words}](${address === page ? '' : from.replace(/^(?!\.)/, './')}${anchor ? `#${anchor}` : ''})`;
    }),
  );
}

/** Changes what is no block of code. */
function outsideOfCode(/** @type {string} */ text, /** @type {(prose: string) => string} */ change) {
  return text
    .split(/(^```[^\n]*\n.*?^```$)/ms)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('');
}

/** The sections of a text that begin with a heading of this depth, each up to the next that is as deep or deeper up. */
function sectionsOf(/** @type {string} */ text, /** @type {string} */ heading) {
  const depth = heading.trim().length;
  /** @type {[string, string][]} */
  const sections = [];
  let open = false;
  let inCode = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) inCode = !inCode;
    const marks = inCode ? 0 : (/^(#+) /.exec(line)?.[1]?.length ?? 0);
    if (marks > 0 && marks <= depth) {
      open = marks === depth;
      if (open) sections.push([line.slice(heading.length), '']);
      continue;
    }
    const last = sections.at(-1);
    if (open && last) last[1] += `${line}\n`;
  }
  return sections;
}
