// Release {{ release }}. Keeps the shell of the site, which is the same for everybody, and never a page of
// anybody. What is typed or shared without a line it keeps by kept.js and sends when the line is back.
importScripts("{{ kept|escapejs }}");

const CACHE = "shell-{{ release }}";
const SHELL = {{ shell|safe }};
const OFFLINE = {{ offline|safe }};
const SHARE = "/share/";

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    Promise.all([dropOthers(), self.registration.navigationPreload?.enable()]).then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) {
    return;
  }
  if (request.method === "POST" && request.mode === "navigate" && pathname === SHARE) {
    event.respondWith(takeShare(request));
  } else if (request.method === "GET" && request.mode === "navigate") {
    event.respondWith(navigate(event));
  } else if (request.method === "GET" && SHELL.includes(pathname)) {
    event.respondWith(fetch(request).catch(() => cached(pathname).then((found) => found ?? Response.error())));
  }
});

self.addEventListener("sync", (event) => {
  if (event.tag === kept.SYNC) {
    event.waitUntil(kept.send({ isSure: true }));
  }
});

// Without the cookies of whoever happens to be logged in.
async function fill() {
  const cache = await caches.open(CACHE);
  const offline = Object.values(OFFLINE).map((url) => new Request(url, { credentials: "omit", cache: "reload" }));
  await cache.addAll([...SHELL.map((url) => new Request(url, { credentials: "omit" })), ...offline]);
}

async function dropOthers() {
  const names = await caches.keys();
  return Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
}

function cached(url) {
  return caches.match(url, { ignoreVary: true });
}

async function navigate(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    const reader = await kept.reader().catch(() => null);
    const language = reader?.language ?? (navigator.language.startsWith("zh") ? "zh-hans" : "en");
    return (await cached(OFFLINE[language] ?? OFFLINE.en)) ?? Response.error();
  }
}

// Another app hands something over: kept first, asked for its case afterwards, behind a log-in or later.
// What a page of another site sends goes to the server, which sees where it comes from and refuses it; but such
// a page may hide where it is. So whatever comes waits for a tap, and its page says whose share it should be.
async function takeShare(request) {
  const asSent = request.clone();
  try {
    if (/^https?:/.test(request.referrer) && new URL(request.referrer).origin !== self.location.origin) {
      return fetch(asSent);
    }
    const id = await kept.keepShare(await request.formData());
    return Response.redirect(`${SHARE}?kept=${encodeURIComponent(id)}`, 303);
  } catch {
    return fetch(asSent); // no room on this phone: the server takes it at once
  }
}
