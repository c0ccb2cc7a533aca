/* The site without network: pages seen are kept, and shown again, with their date, only where the network does not answer. */
const VERSION = "__VERSION__";
/* A territory's own words for ours (words.py): none where it has none. */
const reworded = __WORDS__;
const _ = (text, values = {}) => (reworded[text] ?? text).replace(/\{(\w+)\}/g, (blank, name) => values[name] ?? blank);
const PAGES = "conso-pages";
const PICTURES = `conso-images-${VERSION}`;
const SHELL = `conso-secours-${VERSION}`;
const FALLBACK = "/hors-ligne";
const KEPT_PAGES = 60;
const KEPT_DAYS = 30;
const PATIENCE_MS = 12000;
const KEPT_AT = "x-gardee-le";
const PUBLIC = ["/", "/fiche", "/mag", "/page", "/a-propos"];
const PRIVATE = ["lien", "cle", "apercu", "embed"];

const keepable = (url) =>
  url.origin === location.origin && PUBLIC.includes(url.pathname) && !PRIVATE.some((name) => url.searchParams.has(name));
const addressOf = (address) => {
  const url = new URL(address, location.origin);
  url.hash = "";
  return url;
};

/* A page is kept as it came, with the moment it came; one that is gone (404, 410) is forgotten. */
const keep = async (url, response) => {
  if (!keepable(url)) return;
  const cache = await caches.open(PAGES);
  if (response.status === 404 || response.status === 410) return void (await cache.delete(url.href, { ignoreVary: true }));
  const type = response.headers.get("content-type") || "";
  const control = response.headers.get("cache-control") || "";
  if (response.status !== 200 || response.redirected || !type.startsWith("text/html") || /no-store|private/.test(control)) return;
  const headers = new Headers(response.headers);
  for (const name of ["content-encoding", "content-length", "vary"]) headers.delete(name);
  headers.set(KEPT_AT, String(Date.now()));
  const text = await response.text(); // whole, before the one kept before goes
  await cache.delete(url.href);
  await cache.put(url.href, new Response(text, { headers }));
  await tidy(cache);
  const drawings = new Set(text.match(/\/dessins\/[a-z0-9-]+\.svg/g));
  await Promise.allSettled([...drawings].map((path) => picture(new Request(path))));
};

/* The oldest go first; the directory's first page stays, it is what the home screen opens. */
const tidy = async (cache) => {
  const others = (await cache.keys()).filter((request) => request.url !== `${location.origin}/`);
  const limit = Date.now() - KEPT_DAYS * 86400000;
  for (const [place, request] of others.entries()) {
    const kept = await cache.match(request);
    if (place < others.length - KEPT_PAGES + 1 || Number(kept.headers.get(KEPT_AT)) < limit) await cache.delete(request);
  }
};

const said = (time) => {
  const moment = new Date(Number(time));
  const day = moment.toLocaleDateString("fr-FR", { day: "numeric", month: "long" }).replace(/^1 /, "1er ");
  const hour = _("{h} h {min}", { h: moment.getHours(), min: String(moment.getMinutes()).padStart(2, "0") });
  return _("{jour} à {heure}", { jour: day, heure: hour });
};
const escaped = (text) => text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

/* e.g. «Vous êtes hors ligne : page du 24 novembre à 18 h 05.», ahead of everything else. */
const dated = async (kept, why) => {
  const told = _("{raison}\u00a0: page du {moment}.", { raison: why, moment: said(kept.headers.get(KEPT_AT)) });
  const banner = `<p class="hors-ligne" role="status">${escaped(told)}</p>`;
  const page = (await kept.text()).replace(/<div id="ssr"[^>]*>/, (opening) => `${opening.slice(0, -1)} data-hors-ligne>${banner}`);
  return new Response(page, { headers: kept.headers });
};

const keptPages = async () => {
  const cache = await caches.open(PAGES);
  const lines = [];
  for (const request of (await cache.keys()).reverse()) {
    const kept = await cache.match(request);
    const url = new URL(request.url);
    const title = /<title>([^<]*)<\/title>/.exec(await kept.text());
    const label = title ? title[1] : escaped(url.pathname); // the title is already escaped
    lines.push(`<li><a href="${escaped(url.pathname + url.search)}">${label}</a> <small>${escaped(said(kept.headers.get(KEPT_AT)))}</small></li>`);
  }
  const none = _("Aucune page n’a encore été gardée.");
  return lines.length ? `<ul class="gardees">${lines.join("")}</ul>` : `<p>${escaped(none)}</p>`;
};

const withoutNetwork = async (url, why) => {
  const kept = keepable(url) && (await (await caches.open(PAGES)).match(url.href));
  if (kept) return dated(kept, why);
  const fallback = await (await caches.open(SHELL)).match(FALLBACK);
  if (!fallback) return Response.error();
  const pages = await keptPages();
  const page = (await fallback.text()).replace('<div id="pages-gardees"></div>', () => pages);
  return new Response(page, { status: 503, headers: fallback.headers });
};

/* The network first, always; what was kept only where it fails, or says nothing for PATIENCE_MS. */
const navigate = async (event, url) => {
  const asked = (async () => (await event.preloadResponse) || fetch(event.request))();
  asked.catch(() => {});
  const kept = keepable(url) && (await (await caches.open(PAGES)).match(url.href));
  const late = new Promise((resolve) => kept && setTimeout(resolve, PATIENCE_MS));
  try {
    const response = await Promise.race([asked, late]);
    if (!response) return await withoutNetwork(url, _("Le réseau ne répond pas"));
    if (kept && [502, 504].includes(response.status)) return await withoutNetwork(url, _("Le site ne répond pas"));
    if (keepable(url)) event.waitUntil(keep(url, response.clone()).catch(() => {}));
    return response;
  } catch {
    return withoutNetwork(url, _("Vous êtes hors ligne"));
  }
};

const picture = async (request) => {
  const cache = await caches.open(PICTURES);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
};

/* A page read on a first visit, or reached without a navigation, is asked for once more so that it is kept. */
const visit = async (address) => {
  const url = addressOf(address);
  if (keepable(url)) await keep(url, await fetch(url.href, { credentials: "omit" }));
};

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const fallback = await fetch(FALLBACK, { cache: "no-store", credentials: "omit" });
      if (!fallback.ok) throw new Error("no fallback page yet");
      const headers = new Headers(fallback.headers);
      for (const name of ["content-encoding", "content-length", "vary"]) headers.delete(name);
      await (await caches.open(SHELL)).put(FALLBACK, new Response(await fallback.text(), { headers }));
      await visit("/").catch(() => {});
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys())
        if (name.startsWith("conso-") && ![PAGES, PICTURES, SHELL].includes(name)) await caches.delete(name);
      if (self.registration.navigationPreload) await self.registration.navigationPreload.enable();
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("message", (event) => {
  if (event.data && event.data.keep) event.waitUntil(visit(event.data.keep).catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const url = addressOf(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    if (PUBLIC.includes(url.pathname) || url.pathname === "/inscription") event.respondWith(navigate(event, url));
  } else if (url.pathname.startsWith("/dessins/")) event.respondWith(picture(event.request));
});
