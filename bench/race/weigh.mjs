// What files weigh on their way to a browser: in kilobytes after brotli.

import { createHash } from 'node:crypto';
import { brotliCompressSync, constants } from 'node:zlib';

/** By content: pages have most of their files in common, and to compress a large one takes seconds. @type {Map<string, number>} */
const known = new Map();

/** @param {Buffer[]} files @param {number} quality of the compression, 11 being the best */
export function weigh(files, quality) {
  return files.reduce((sum, file) => sum + weightOf(file, quality), 0) / 1000;
}

function weightOf(/** @type {Buffer} */ file, /** @type {number} */ quality) {
  const hash = createHash('sha256').update(file).digest('hex');
  const size =
    known.get(hash) ?? brotliCompressSync(file, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }).length;
  known.set(hash, size);
  return size;
}
