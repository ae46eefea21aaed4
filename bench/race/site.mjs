// Serves the built pages, as a static host does: what has a hash in its name may be kept for ever.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';
import { built } from './build.mjs';
import { contenders } from './contenders.mjs';

const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

function setHeaders(/** @type {import('node:http').ServerResponse} */ response, /** @type {string} */ path) {
  if (path.endsWith('.html') || path === '/') response.setHeader('Cache-Control', 'no-cache');
}

/** Names of contenders whose pages need it. */
const isolated = new Set(contenders.filter(({ isIsolated }) => isIsolated).map(({ name }) => name));

/**
 * @typedef {object} Site
 * @property {string} origin
 * @property {(page: string) => Buffer[]} filesOf every file that was asked for of a page, without the page itself
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Site>} */
export async function startSite() {
  /** @type {Set<string>} */
  const served = new Set();
  /** For each page one, which knows all of its files from the first request on. @type {Map<string, ReturnType<typeof sirv>>} */
  const mounts = new Map();
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const [, contender = '', page = '', ...path] = pathname.split('/');
    if (isolated.has(contender)) for (const header of Object.entries(isolation)) response.setHeader(...header);
    const folder = join(built, contender, page);
    const serve = mounts.get(folder) ?? sirv(folder, { immutable: true, maxAge: 31_536_000, setHeaders });
    mounts.set(folder, serve);
    request.url = `/${path.join('/')}`;
    serve(request, response, () => void response.writeHead(404).end());
    if (path.at(-1) && response.statusCode === 200) served.add(pathname);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    // localhost is a secure context, which OPFS asks for.
    origin: `http://localhost:${port}`,
    filesOf(page) {
      const paths = [...served].filter((path) => path.startsWith(`/${page}/`) && !path.endsWith('.html'));
      return paths.map((path) => readFileSync(join(built, path)));
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
