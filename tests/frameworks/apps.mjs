// Applications with a framework: what is installed in them, and how they are served.

import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { makeApp } from '../apps/package.mjs';

/** Where the frameworks are installed. */
const installed = fileURLToPath(new URL('node_modules', import.meta.url));

/**
 * Makes an application with packages beside ours.
 *
 * @param {Record<string, string>} files by path
 * @param {Record<string, string>} packages names that they have here, by those that they have in the application
 */
export async function makeAppWith(files, packages) {
  const app = await makeApp(files);
  for (const [name, here] of Object.entries(packages)) {
    const target = join(app, 'node_modules', name);
    await mkdir(dirname(target), { recursive: true });
    await cp(join(installed, here), target, { recursive: true });
  }
  return app;
}

/**
 * Serves an application as its developer has it, while something is done.
 *
 * @param {string} app
 * @param {string[]} include what is bundled before, so that no page is loaded again for it
 * @param {(origin: string) => Promise<void>} work
 */
export async function developing(app, include, work) {
  const server = await createServer({
    root: app,
    configFile: false,
    logLevel: 'error',
    optimizeDeps: { include },
    server: { port: 0 },
  });
  await server.listen();
  try {
    await work(server.resolvedUrls?.local[0] ?? '');
  } finally {
    await server.close();
  }
}
