// The service worker of the documentation: the newest from the network, and what is kept where there is none.
// scripts/site.mjs puts the version and the files in.

const prefix = 'wheatear-docs-';
const version = `${prefix}__VERSION__`;
const files = __FILES__;

addEventListener('install', (event) => {
  event.waitUntil(caches.open(version).then((cache) => cache.addAll(files)));
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
  const cache = await caches.open(version);
  let response;
  try {
    response = await fetch(request);
  } catch (error) {
    const kept = await cache.match(request.url.replace(/[?#].*/, '').replace(/\/$/, '/index.html'));
    if (kept) return kept;
    throw error;
  }
  // What there is no room to keep is shown all the same.
  if (response.status === 200) event.waitUntil(cache.put(request, response.clone()).catch(() => {}));
  return response;
}
