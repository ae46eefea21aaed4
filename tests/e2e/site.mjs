// The site that end-to-end tests visit: the built demo as it is deployed, under the content
// security policy that the README promises, and beside it the package's own files, unbundled.

import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';

const folder = (/** @type {string} */ path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const withoutWasm = "default-src 'self'; style-src 'self' 'unsafe-inline'; report-uri /complaint";
const promised = `${withoutWasm}; script-src 'self' 'wasm-unsafe-eval'`;

/** Served paths, the folders behind them, and their content security policy; the first that fits. */
const mounts = [
  { prefix: '/package/', path: 'dist/package', policy: promised },
  { prefix: '/pkg/', path: 'www/pkg', policy: promised },
  { prefix: '/releases/', path: 'tests/e2e/pkg', policy: promised },
  { prefix: '/pages/without-wasm/', path: 'tests/e2e/pages/workers', policy: withoutWasm },
  { prefix: '/pages/', path: 'tests/e2e/pages', policy: promised },
  { prefix: '/', path: 'dist/demo', policy: promised },
].map(({ prefix, path, policy }) => ({ prefix, policy, serve: sirv(folder(path), { dev: true }) }));

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
 * @returns {Promise<Site>}
 */
export async function startSite() {
  /** @type {string[]} */
  const complaints = [];
  /** @type {RegExp | undefined} */
  let withheld;
  const server = createServer((request, response) => {
    const address = request.url ?? '';
    if (address === '/complaint') {
      text(request).then((report) => complaints.push(`kept out by the policy: ${report}`));
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
