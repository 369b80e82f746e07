// The studio without a network. What has a hash in its name is kept for good, once it was fetched; the page itself comes from the
// network where there is one. Pages get the headers that threads of WebAssembly need, where their server does not send them.
const [NAME, EARLY] = ['gargalo-VERSION', ['FILES']];

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(['./', ...EARLY])));
  self.skipWaiting();
});

self.addEventListener('activate', (event) => {
  const clean = async () => {
    for (const name of await caches.keys()) if (name.startsWith('gargalo-') && name !== NAME) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(clean());
});

const isolated = (answer) => {
  const headers = new Headers(answer.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers });
};

async function page(request) {
  const cache = await caches.open(NAME);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put('./', answer.clone());
    return isolated(answer);
  } catch (error) {
    const kept = await cache.match('./');
    if (kept) return isolated(kept);
    throw error;
  }
}

async function asset(request) {
  const cache = await caches.open(NAME);
  const kept = await cache.match(request);
  if (kept) return isolated(kept);
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return isolated(answer);
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate' && new URL(self.registration.scope).pathname === pathname)
    event.respondWith(page(request));
  else if (/\/(assets|browser)\//.test(pathname)) event.respondWith(asset(request));
});
