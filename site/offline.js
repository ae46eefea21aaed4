// The service worker of the documentation: the newest from the network, and what is kept where there is none.
// scripts/site.mjs puts the version and the files in.

const prefix = 'wheatear-docs-';
const version = `${prefix}__VERSION__`;
const files = __FILES__;

addEventListener('install', (event) => {
  // Not what the browser still has of an older site.
  const requests = files.map((file) => new Request(file, { cache: 'reload' }));
  event.waitUntil(caches.open(version).then((cache) => cache.addAll(requests)));
});

addEventListener('activate', (event) => {
  const forget = async (name) => name.startsWith(prefix) && name !== version && caches.delete(name);
  event.waitUntil(caches.keys().then((names) => Promise.all(names.map(forget))));
});

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'GET' && request.url.startsWith(registration.scope)) event.respondWith(answer(event));
});

async function answer(event) {
  const { request } = event;
  const address = request.url.replace(/[?#].*/, '').replace(/\/$/, '/index.html');
  let response;
  try {
    response = await fetch(request);
  } catch (error) {
    const kept = await caches.open(version).then((cache) => cache.match(address));
    if (kept) return kept;
    throw error;
  }
  if (response.status === 200) event.waitUntil(keep(address, response.clone()));
  return response;
}

/** Keeps it if there is room; it is shown all the same. */
async function keep(address, response) {
  await caches
    .open(version)
    .then((cache) => cache.put(address, response))
    .catch(() => {});
}
