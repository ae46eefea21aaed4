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
  if (request.method !== 'GET' || !request.url.startsWith(registration.scope)) return;
  event.respondWith(answer(request));
});

async function answer(request) {
  const cache = await caches.open(version);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const address = request.url.replace(/[?#].*/, '').replace(/\/$/, '/index.html');
    const kept = await cache.match(address);
    if (kept) return kept;
    throw error;
  }
}
