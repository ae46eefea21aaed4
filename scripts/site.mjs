// `node scripts/site.mjs`: the documentation's site, in dist/docs: pages, and the interfaces of package and crate from their
// source. Of the latter a part is made of the declarations of the package, which must be built.

import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pagesOf } from '../site/pages.mjs';
import { packagesInstalled } from './npm-packages.mjs';
import { root, run } from './tools.mjs';

const site = join(root, 'site');

packagesInstalled(site);
const folder = join(site, 'pages');
rmSync(folder, { recursive: true, force: true });
for (const [path, text] of pagesOf(sources())) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
const bin = join(site, 'node_modules', '.bin');
run(join(bin, 'vitepress'), ['build', '.'], { cwd: site, quiet: true });
writeOffline();
run(join(bin, 'typedoc'), ['--options', 'typedoc.json', ...declarations()], { cwd: site, quiet: true });
// What else was documented there is not of the crate.
rmSync(join(root, 'target', 'doc'), { recursive: true, force: true });
run('cargo', ['doc', '--quiet', '--locked', '--no-deps', '--package', 'wheatear', '--target-dir', 'target']);
cpSync(join(root, 'target', 'doc'), join(root, 'dist', 'docs', 'api', 'rust'), { recursive: true });
console.log('site: dist/docs (static site) is ready');

/** Files of the repository that are on it. */
function sources() {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const paths = [
    'README.md',
    'CHANGELOG.md',
    ...docs.filter((path) => path.endsWith('.md')).map((path) => `docs/${path}`),
  ];
  return new Map(paths.map((path) => [path.replaceAll('\\', '/'), readFileSync(join(root, path), 'utf8')]));
}

/**
 * Writes the service worker of the site: search, and the pages to which one gets by it, are kept, and used where there is no
 * network. Beside them the interfaces and addresses that were visited are.
 */
function writeOffline() {
  const out = join(root, 'dist', 'docs');
  const files = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(out, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => file === 'index.html' || file.startsWith('assets/') || /^[^/]+\.css$/.test(file))
    .sort();
  const digest = createHash('sha256');
  for (const file of files) digest.update(file).update(readFileSync(join(out, file)));
  const worker = readFileSync(join(site, 'offline.js'), 'utf8')
    .replace('__VERSION__', digest.digest('hex').slice(0, 16))
    .replace('__FILES__', JSON.stringify(files));
  writeFileSync(join(out, 'offline.js'), worker);
}

/** The files that say what each part of the package exports. */
function declarations() {
  const folder = join(root, 'dist', 'package');
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const parts = Object.entries(exports).filter(([part]) => !part.startsWith('./lean') && part !== './imports');
  return parts.map(([, { types }]) => join(folder, types));
}
