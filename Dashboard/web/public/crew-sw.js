// The crew page's shell without network: the page and its files come from the cache, data never does.
const CACHE = 'cleanstreets-crew-1';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin || url.pathname.startsWith('/api/')) return;
  // Files with a hash in their name never change; the page itself is asked for anew as long as there is a network.
  if (url.pathname.startsWith('/assets/') || url.pathname.startsWith('/tiles/')) event.respondWith(cacheFirst(event.request));
  else if (event.request.mode === 'navigate' && url.pathname === '/crew') event.respondWith(networkFirst(event.request));
});

async function cacheFirst(request) {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.status === 200) await cache.put(request, answer.clone());
  return answer;
}

async function networkFirst(request) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.status === 200) {
      await cache.put('/crew', answer.clone());
      await forgetOldFiles(cache, await answer.clone().text());
    }
    return answer;
  } catch {
    return (await cache.match('/crew')) ?? Response.error();
  }
}

// A new build has new names: when the page changed, the files of the build before it go.
async function forgetOldFiles(cache, page) {
  const stamp = new Request('/crew-build');
  const before = await cache.match(stamp);
  if (before && (await before.text()) === page) return;
  for (const request of await cache.keys()) {
    if (new URL(request.url).pathname.startsWith('/assets/')) await cache.delete(request);
  }
  await cache.put(stamp, new Response(page));
}
