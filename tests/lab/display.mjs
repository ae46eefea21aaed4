// A display for browsers that do not start without one, though nobody looks.

import { spawn } from 'node:child_process';

/**
 * Starts a display, which picks a free number itself. It ends with the last program that it shows, so that it goes away
 * and leaves nothing behind even if that program is killed.
 * @returns {Promise<{ env: NodeJS.ProcessEnv, stop: () => void }>} `env`: for the programs to show
 */
export async function startDisplay() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1400x1000x24', '-terminate'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const stop = () => void server.kill();
  process.once('exit', stop);
  server.once('exit', () => process.off('exit', stop));
  const output = /** @type {import('node:stream').Readable} */ (server.stdio[3]);
  const number = await new Promise((resolve, reject) => {
    let text = '';
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
    output.on('data', (part) => {
      text += part;
      if (text.endsWith('\n')) resolve(text.trim());
    });
  });
  output.destroy();
  return {
    // Wayland would come first. No graphics hardware is there, and compositing would look for it.
    env: { DISPLAY: `:${number}`, GDK_BACKEND: 'x11', WEBKIT_DISABLE_COMPOSITING_MODE: '1' },
    stop,
  };
}
