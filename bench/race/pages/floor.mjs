// Starts a worker that does nothing but answer.

/**
 * Resolves when the worker has answered.
 * @param {Promise<WebAssembly.Module>} [module] what it makes an instance of before
 */
export async function askFloor(module) {
  const worker = new Worker(new URL('./floor-answer.mjs', import.meta.url), { type: 'module' });
  const answer = new Promise((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  worker.postMessage(await module);
  await answer;
}
