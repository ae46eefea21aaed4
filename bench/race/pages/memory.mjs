// How much memory the module of a worker has after a large database was upgraded.

import { open } from 'race:contender';

window.result = measure();

async function measure() {
  const { memory, fileSize } = await open();
  if (!memory || !fileSize) throw new Error('the worker does not tell');
  const megabytes = (/** @type {number} */ bytes) => bytes / 1e6;
  return { memory: megabytes(await memory()), 'file afterwards': megabytes(await fileSize()) };
}
