// The site that end-to-end tests visit: the built demo as it is deployed, under the content
// security policy that the README promises, and beside it the package's own files, unbundled.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';

const folder = (/** @type {string} */ path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const withoutWasm = "default-src 'self'; style-src 'self' 'unsafe-inline'; report-uri /complaint";
const promised = `${withoutWasm}; script-src 'self' 'wasm-unsafe-eval'`;

/**
 * Served paths, the folders behind them, and their content security policy; the first that fits. Suites of the package lie
 * beside the pages here as they do in the repository, so that what they import has the same relative path in Node.js.
 */
const mounts = [
  { prefix: '/package/', path: 'dist/package', policy: promised },
  { prefix: '/pkg/', path: 'tests/module/pkg', policy: promised },
  { prefix: '/module/', path: 'module/pkg/full', policy: promised },
  { prefix: '/pages/without-wasm/', path: 'tests/pages/workers', policy: withoutWasm },
  { prefix: '/migrations/', path: 'migrations', policy: promised },
  { prefix: '/trials/', path: 'tests/trials/cases', policy: promised },
  { prefix: '/contenders/', path: 'bench/race/contenders/node_modules', policy: promised },
  { prefix: '/suites/', path: 'tests/package', policy: promised },
  { prefix: '/pages/', path: 'tests/pages', policy: promised },
  { prefix: '/', path: 'dist/demo', policy: promised },
].map(({ prefix, path, policy }) => ({ prefix, policy, path, serve: sirv(folder(path), { dev: true }) }));

/** WebKit, whose driver cannot tell what a page or a worker complains of: they report that themselves. */
const withoutLog = /^(?!.*Chrome).*Safari\//;

/** How a page or the script of a module worker is changed so that it reports, or undefined if it is something else. */
function toldToComplain(/** @type {import('node:http').IncomingMessage} */ request, /** @type {string} */ pathname) {
  if (/(\/|\.html)$/.test(pathname)) {
    const script = '<head><script src="/pages/complain.js"></script>';
    return { type: 'text/html', change: (/** @type {string} */ page) => page.replace('<head>', script) };
  }
  if (request.headers['sec-fetch-dest'] === 'worker') {
    // What is imported first runs first; on the same line, so that the others keep their numbers.
    return {
      type: 'text/javascript',
      change: (/** @type {string} */ module) => `import '/pages/complain.js'; ${module}`,
    };
  }
  return undefined;
}

/**
 * @typedef {object} Site
 * @property {string} origin
 * @property {() => string[]} takeComplaints what was asked for in vain or kept out by the policy
 *   since the last call. Browsers differ in what they log of this, least of all for workers.
 * @property {(pattern: RegExp | undefined) => void} withhold answers 404 for addresses that match
 * @property {() => Promise<void>} close
 */

/**
 * Starts the site on a free port of the loopback interface.
 * @param {Record<string, (body: string, response: import('node:http').ServerResponse) => void>} [routes] addresses that
 *   a test answers itself
 * @returns {Promise<Site>}
 */
export async function startSite(routes = {}) {
  /** @type {string[]} */
  const complaints = [];
  /** @type {RegExp | undefined} */
  let withheld;
  // Migrations of many releases come with an address.
  const server = createServer({ maxHeaderSize: 1 << 20 }, (request, response) => {
    const address = request.url ?? '';
    const route = routes[address];
    if (route) {
      // A browser that is killed does not finish what it says.
      const unheard = () => {};
      return void text(request).then((body) => route(body, response), unheard);
    }
    if (address === '/complaint') {
      text(request).then((report) => complaints.push(report));
      return void response.writeHead(204).end();
    }
    const notFound = () => {
      complaints.push(`not found: ${address}`);
      response.writeHead(404).end();
    };
    const mount = mounts.find(({ prefix }) => address.startsWith(prefix));
    if (!mount || withheld?.test(address)) return notFound();
    request.url = address.slice(mount.prefix.length - 1);
    response.setHeader('Content-Security-Policy', mount.policy);
    const { pathname } = new URL(request.url, 'http://localhost');
    const told = withoutLog.test(request.headers['user-agent'] ?? '') && toldToComplain(request, pathname);
    if (told) {
      const path = join(folder(mount.path), pathname.replace(/\/$/, '/index.html'));
      return void readFile(path, 'utf8').then((text) => {
        response.setHeader('Content-Type', told.type);
        response.end(told.change(text));
      }, notFound);
    }
    mount.serve(request, response, notFound);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('the site has no port');
  return {
    // localhost is a secure context, which OPFS asks for.
    origin: `http://localhost:${bound.port}`,
    withhold: (pattern) => {
      withheld = pattern;
    },
    takeComplaints: () => complaints.splice(0),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function text(/** @type {AsyncIterable<Buffer>} */ stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
