// The site that end-to-end tests visit: the built demo as it is deployed, under the content
// security policy that the README promises, and beside it the package's own files, unbundled.

import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';

const folder = (/** @type {string} */ path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const CONTENT_SECURITY_POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'";

/** Served paths and the folders behind them; the first that fits. */
const mounts = Object.entries({
  '/package/': 'dist/package',
  '/pkg/': 'www/pkg',
  '/pages/': 'tests/e2e/pages',
  '/': 'dist/demo',
}).map(([prefix, path]) => ({ prefix, serve: sirv(folder(path), { dev: true }) }));

/**
 * Starts the site on a free port of the loopback interface.
 * @returns {Promise<{ origin: string, close(): Promise<void> }>}
 */
export async function startSite() {
  const server = createServer((request, response) => {
    const mount = mounts.find(({ prefix }) => request.url?.startsWith(prefix));
    if (!mount) return void response.writeHead(404).end();
    request.url = request.url?.slice(mount.prefix.length - 1);
    response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
    mount.serve(request, response, () => response.writeHead(404).end());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the site has no port');
  return {
    // localhost is a secure context, which OPFS asks for.
    origin: `http://localhost:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
