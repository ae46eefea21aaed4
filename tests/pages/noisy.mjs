// Everything that must not go unnoticed, in a page and in a worker of its own.

const place = 'window' in globalThis ? 'page' : 'worker';

console.info(`nothing to notice in the ${place}`);
console.warn(`warning in the ${place}`);
console.error(`error in the ${place}`);
void fetch(`/absent-from-${place}`);
fetch(`http://127.0.0.1:1/elsewhere-from-${place}`).catch(() => {});
void Promise.reject(new Error(`unhandled rejection in the ${place}`));
setTimeout(() => {
  throw new Error(`uncaught exception in the ${place}`);
});
if (place === 'page') new Worker(import.meta.url, { type: 'module' });
