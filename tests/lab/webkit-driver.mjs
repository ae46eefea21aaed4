// WebKitGTK's own driver, on a display of its own. selenium-webdriver knows how to speak to it, not how to start it.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { startDisplay } from './display.mjs';
import { eventually } from './eventually.mjs';

/**
 * Starts a driver.
 * @param {string} program
 * @param {NodeJS.ProcessEnv} env for the browser
 * @returns {Promise<{ address: string, stop: () => void }>}
 */
export async function startWebKitDriver(program, env) {
  const port = await freePort();
  const display = await startDisplay();
  const driver = spawn(program, [`--port=${port}`], {
    env: { ...process.env, ...env, ...display.env },
    stdio: 'ignore',
  });
  // A browser that is left goes with its display.
  const stop = () => {
    driver.kill();
    display.stop();
  };
  const address = `http://127.0.0.1:${port}`;
  await eventually(() => fetch(`${address}/status`));
  return { address, stop };
}

/** @returns {Promise<number>} a port that nobody listens on */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      server.close(() => resolve(typeof bound === 'object' && bound ? bound.port : 0));
    });
  });
}
