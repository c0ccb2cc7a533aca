/* Runs beside the server-written page: answers its choices in place, loads Streamlit, and hands over to it once it is drawn. */
(() => {
  const assets = __ASSETS__;
  /* A territory's own words for ours (words.py), those of this script alone: none where it has none. */
  const reworded = __WORDS__;
  const _ = (text, values = {}) => (reworded[text] ?? text).replace(/\{(\w+)\}/g, (blank, name) => values[name] ?? blank);
  window.prerenderReady = false;
  /* Streamlit would otherwise look for its server below each page, one 404 at a time. */
  window.__streamlit = {
    BACKEND_BASE_URL: location.origin,
    MAIN_PAGE_BASE_URL: location.origin,
    /* With these its socket opens at once, and what the server says of them counts when it comes. */
    HOST_CONFIG: { allowedOrigins: [location.origin], useExternalAuthToken: false, enableCustomParentMessages: false },
  };
  const ssr = document.getElementById("ssr");
  const root = document.getElementById("root");
  const ask = document.getElementById("activer");
  const withoutNetwork = ssr.hasAttribute("data-hors-ligne");
  const reveal = () => root.removeAttribute("style");

  /* The site has as many live pages as it can bear (web/limits.py): this one stays as the server wrote it, and tries again later.
     Meanwhile Streamlit, which would try at once and for ever, is given a socket that stays silent. */
  const FULL = 1013;
  let fullUntil = 0;
  const full = () => {
    fullUntil = Date.now() + 20000 + Math.random() * 20000;
    started = Date.now();
    if (document.getElementById("complet")) return;
    const waits = needed
      ? _("Beaucoup de visiteurs en ce moment\u00a0: ce formulaire s'ouvrira de lui-même dès qu'une place se libère. Laissez cette page ouverte.")
      : _("Beaucoup de visiteurs en ce moment\u00a0: la carte viendra dès qu'une place se libère. La recherche, les filtres, les listes et les fiches, eux, sont là.");
    const said = Object.assign(document.createElement("p"), { id: "complet", textContent: waits });
    said.setAttribute("role", "status");
    document.body.append(said);
  };
  const open = (Socket, given) => {
    const socket = new Socket(...given);
    socket.addEventListener("close", ({ code }) => code === FULL && full());
    socket.addEventListener("message", () => document.getElementById("complet")?.remove(), { once: true });
    return socket;
  };
  /* The first socket is open by the time Streamlit's scripts run and ask for it. One of a session to be taken up again is another. */
  let early;
  const knock = () => {
    const token = document.cookie.match(/\b_streamlit_xsrf=([^;]*)\b/)?.[1] ?? "PLACEHOLDER_AUTH_TOKEN";
    early = new WebSocket(`${location.origin.replace("http", "ws")}/_stcore/stream`, ["streamlit", token]);
  };
  window.WebSocket = new Proxy(WebSocket, {
    construct(Socket, given) {
      if (Date.now() < fullUntil) return Object.assign(new EventTarget(), { readyState: 0, send() {}, close() {} });
      const socket = early;
      early = null;
      const [url, { length }] = given;
      if (socket?.url !== new URL(url).href || length > 2 || socket.readyState > Socket.OPEN) {
        socket?.close();
        return open(Socket, given);
      }
      if (socket.readyState === Socket.OPEN) setTimeout(() => socket.dispatchEvent(new Event("open")));
      return socket;
    },
  });

  /* A network that is back for a second: it may come and go, and a page on its way out must not come back. */
  const online = (then) => addEventListener("online", () => setTimeout(() => navigator.onLine && then(), 1000));

  const add = (name, attributes) => document.head.append(Object.assign(document.createElement(name), attributes));
  /* A font as heavy as half the scripts: icons, which Streamlit asks for wherever it runs, and which come with the first of them that a page shows. */
  const loadFont = document.fonts.load.bind(document.fonts);
  document.fonts.load = (font, text) => (font.includes("Material Symbols") ? Promise.resolve([]) : loadFont(font, text));
  const layOutAll = () => document.getElementById("seulement-ce-qui-se-voit")?.remove();
  /* A browser asks one server for six files at a time: one of the ways is left for what the visitor asks meanwhile. Files that it has need none.
     Where it knows no preloading, or never says that a file came, the module asks for all. */
  const WAYS = 5;
  const PATIENCE = 15000;
  const preload = async () => {
    if (!document.createElement("link").relList?.supports?.("modulepreload")) return;
    const [first, ...others] = assets.preloads;
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
    const come = (href) => new Promise((resolve) => add("link", { rel: "modulepreload", crossOrigin: "", href, onload: resolve, onerror: resolve }));
    const way = async () => {
      for (let href = others.shift(); href; href = others.shift()) await come(href);
    };
    const ways = Array.from({ length: WAYS - 1 }, way);
    await Promise.race([come(first), late]);
    if (performance.getEntriesByName(new URL(first, location.origin).href)[0]?.transferSize === 0) ways.push(...others.splice(0).map(come));
    await Promise.race([Promise.all([...ways, way()]), late]);
  };
  let loading = false;
  const load = async () => {
    if (loading) return;
    loading = true;
    knock();
    watch();
    add("script", { src: assets.french });
    for (const href of assets.styles) add("link", { rel: "stylesheet", crossOrigin: "", href });
    await preload();
    await shown; // else they would run ahead of the answer to a choice
    /* Where they do not come, the server-written page stays as it is. */
    const onerror = () => {
      layOutAll();
      early?.close();
      online(() => location.reload());
    };
    add("script", { type: "module", crossOrigin: "", src: assets.module, onerror });
  };
  /* Where the visitor reads: the server's page, then Streamlit's. */
  const main = () => document.querySelector("[data-testid=stMain]");
  const face = () => (ssr.isConnected ? ssr : main());
  const results = (where = face()) => where?.querySelector(".resultats");
  /* Above the list, a widget whose code is still under way would be a grey block of another height. Below, the map may come later. */
  const waiting = () => {
    const list = results(main());
    const blocks = [...document.querySelectorAll("[data-testid=stMain] [data-testid=stSkeleton]")];
    return list && blocks.some((block) => block.compareDocumentPosition(list) & Node.DOCUMENT_POSITION_FOLLOWING);
  };
  /* Streamlit's icons are words until their font is in: ui/style.css hides them meanwhile. */
  document.fonts.addEventListener("loadingdone", () => {
    const loaded = [...document.fonts].some((font) => font.family.includes("Material Symbols") && font.status === "loaded");
    if (loaded) document.documentElement.classList.add("icones");
  });

  /* Streamlit has drawn this page: it no longer runs, and a marker of ours stands in its main part. */
  const drawn = () =>
    !waiting() &&
    document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]") &&
    document.querySelector("[data-testid=stMain] :is(.entete, [data-testid=stAlert])");
  /* Noted as it changes: asking at the takeover would have both pages laid out. */
  let top = 0;
  /* What is read stays where it is, though what stands above it may have another height. */
  const place = () => {
    if (!top) return () => {};
    const link = [...ssr.querySelectorAll(".carte > a")].find((card) => card.getBoundingClientRect().bottom > 0);
    const before = link?.getBoundingClientRect().top;
    return () => {
      const page = main();
      if (!page) return;
      page.scrollTop = top;
      const same = link && [...page.querySelectorAll(".carte > a")].find(({ href }) => href === link.href);
      if (same) page.scrollTop += same.getBoundingClientRect().top - before;
    };
  };
  let started;
  const watch = () => {
    started = Date.now();
    addEventListener("scroll", () => (top = window.scrollY), { passive: true });
    const take = () => {
      if (Date.now() - started > 90000) {
        layOutAll();
        return observer.disconnect();
      }
      const focused = document.activeElement;
      const follows = isOurs(focused) ? focused.type === "checkbox" : focused === results();
      if (!drawn() || !agree() || (ssr.contains(focused) && !follows)) return;
      observer.disconnect();
      fill();
      ssr.removeEventListener("focusout", later);
      const [keepPlace, before] = [place(), form()];
      const scrolled = before?.querySelector("details").open && scrolls(before);
      ssr.remove();
      reveal();
      layOutAll();
      carry(before, form(), focused);
      if (scrolled) scrollAs(form(), scrolled);
      if (scrolled && isOurs(document.activeElement)) document.activeElement.scrollIntoView({ block: "nearest" });
      if (focused?.matches(".resultats")) readFrom(results());
      keepPlace();
    };
    const later = () => setTimeout(take, 50);
    const observer = new MutationObserver(take);
    for (const page of [root, ssr])
      observer.observe(page, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-test-script-state"] });
    ssr.addEventListener("focusout", later);
  };

  /* Other results of the directory, in place: by the server until Streamlit is live, then by Streamlit, whose map stays as it is. */
  const connected = () => document.querySelector("[data-testid=stApp][data-test-connection-state=CONNECTED]");
  const go = (url, replace) => {
    if (location.pathname !== "/" || !(ssr.isConnected || connected())) return location.assign(url);
    history[replace ? "replaceState" : "pushState"]({}, "", url);
    if (ssr.isConnected) shown = show(document.activeElement);
    tell();
  };
  const tell = () => connected() && dispatchEvent(new PopStateEvent("popstate"));

  /* What the server says of the address takes the place of what it said before; `kept`: the words being typed, which stay under the fingers. */
  let asking;
  let shown;
  const show = async (kept) => {
    asking?.abort();
    const { signal } = (asking = new AbortController());
    try {
      const answer = await fetch(`/resultats${location.search}`, { signal, priority: "high" });
      if (!answer.ok) throw answer.status;
      const other = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (signal.aborted || !ssr.isConnected) return;
      const [before, after] = [form(), form(other)];
      for (const name of ["q", "pres"]) if (before[name] !== kept) before[name].value = after[name].value;
      const [choices, others] = [before, after].map((each) => each.querySelector(".tous"));
      const focused = choices.contains(document.activeElement) && document.activeElement;
      const scrolled = scrolls(before);
      choices.replaceChildren(...others.childNodes);
      scrollAs(before, scrolled);
      if (focused) twin(focused, before)?.focus({ preventScroll: true });
      while (before.nextSibling) before.nextSibling.remove();
      while (after.nextSibling) before.parentElement.append(after.nextSibling);
      document.title = other.title;
      sayFound();
      asking = null;
    } catch {
      if (!signal.aborted) location.reload();
    }
  };
  /* Streamlit may have asked before a choice was made: it is told once of each address that it does not show. */
  let told;
  const agree = () => {
    if (asking) return false;
    if (results(ssr)?.dataset.adresse === results(main())?.dataset.adresse) return true;
    if (told !== location.href) tell();
    told = location.href;
    return false;
  };

  /* The form and the address say the same: a choice asks at once, and whatever changes the address changes the form, which Streamlit never draws again. */
  const form = (where = face()) => (withoutNetwork ? null : where?.querySelector(".filtres"));
  const isOurs = (control) => Boolean(control?.form) && control.form === form();
  const slug = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  const values = (asked, name) => asked.getAll(name).flatMap((value) => value.split(","));
  /* What the control says enters the address; all else stays there as it is. */
  const write = (asked, control) => {
    const several = control.closest("fieldset[name]") && values(asked, control.name).filter((value) => slug(value) !== control.value);
    const said = control.type === "checkbox" && !control.checked ? "" : control.value.trim();
    asked.delete(control.name);
    for (const value of [...(several || []), said].filter(Boolean)) asked.append(control.name, value);
    if (control.name !== "pres" || said) return;
    asked.delete("rayon");
    if (asked.get("tri") === "distance") asked.delete("tri");
  };
  /* In the order in which the server writes addresses, so that a choice made is the same page as a link followed. */
  const inOrder = (asked) => {
    const facets = [...form().querySelectorAll("fieldset[name]")].map(({ name }) => name);
    const ours = ["q", ...facets, "monnaie", "ouvert", "pres", "rayon", "tri"];
    const place = ([name, value]) => [ours.indexOf(name), facets.includes(name) ? value : ""];
    const before = (one, other) => one[0] - other[0] || (one[1] < other[1] ? -1 : Number(one[1] > other[1]));
    return new URLSearchParams([...asked].sort((one, other) => before(place(one), place(other))));
  };
  const send = (controls, replace) => {
    const asked = new URLSearchParams(location.search);
    for (const control of controls) write(asked, control);
    if (asked.toString() === new URLSearchParams(location.search).toString()) return;
    asked.delete("page");
    go(`/?${inOrder(asked)}`.replaceAll("%2C", ",").replace(/\?$/, ""), replace);
  };
  const fill = (kept) => {
    const there = form(main());
    const counts = results(main())?.dataset.comptes?.split("|").map((each) => each.split(" ").map(Number));
    if (!there || !counts) return;
    const asked = new URLSearchParams(location.search);
    for (const control of there.elements) {
      if (control.type === "checkbox") control.checked = values(asked, control.name).some((value) => slug(value) === control.value);
      else if (control.name && control !== kept) control.value = asked.get(control.name) ?? "";
      if (control.name === "tri" && control.selectedIndex < 0) control.value = "";
    }
    there.querySelectorAll("fieldset[name]").forEach((facet, number) =>
      facet.querySelectorAll("label").forEach((label, place) => {
        const found = counts[number]?.[place];
        label.hidden = !found && !label.control.checked && label.control !== kept;
        label.querySelector("small").textContent = found?.toLocaleString("fr-FR") ?? "";
      }),
    );
    sayFound();
  };
  /* On a phone the drawer covers the list: the button below it says what it holds. */
  const drawer = matchMedia("(max-width:640px)");
  const sayFound = () => {
    const fiches = results()?.querySelector(".nombre strong")?.textContent;
    const button = form()?.querySelector(":scope > button");
    if (!button || !fiches) return;
    const said = drawer.matches && choices()?.open ? _("Voir : {fiches}", { fiches }) : _("Chercher");
    if (button.textContent !== said) button.textContent = said; // else it would be laid out anew
  };
  addEventListener("toggle", sayFound, true);
  const rolls = (where) => where.querySelectorAll("details, fieldset");
  const scrolls = (where) => new Map([...rolls(where)].map((part) => [part.localName + part.name, part.scrollTop]));
  const scrollAs = (where, scrolled) => {
    for (const part of rolls(where)) part.scrollTop = scrolled.get(part.localName + part.name) ?? 0;
  };
  /* Another form of the same choices takes over what was unfolded, and where the keyboard was, with words half typed. */
  let held;
  addEventListener("focusin", ({ target }) => (held = target));
  const twin = (control, where) =>
    [...where.elements].find(
      ({ name, type, value }) => name === control.name && type === control.type && (type !== "checkbox" || value === control.value),
    );
  const carry = (before, after, focused) => {
    if (!before || !after || before === after) return;
    after.querySelector("details").open = before.querySelector("details").open;
    if (focused?.form !== before) return;
    const same = twin(focused, after);
    if (same?.matches("input:not([type=checkbox])")) same.value = focused.value;
    same?.focus({ preventScroll: true });
  };
  /* A category that comes or goes makes another form of it. */
  let known;
  const renew = () => {
    const before = known;
    known = form(main());
    carry(before, known, held);
  };
  const bears = (node) => node.matches(".resultats, .filtres") || node.querySelector(".resultats, .filtres");
  const followed = new MutationObserver((changes) => {
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes]).filter(({ nodeType }) => nodeType === 1);
    const opened = added.map((node) => (node.matches(".ouvre") ? node : node.querySelector(".stHtml > .ouvre"))).find(Boolean);
    if (opened) location.assign(opened.firstElementChild.href);
    if (!added.some(bears)) return;
    renew();
    fill(document.activeElement);
  });
  if (root) followed.observe(root, { childList: true, subtree: true });

  /* A long list of choices, by the letters of one. */
  const narrow = ({ value, parentElement }) => {
    for (const label of parentElement.querySelectorAll("label")) label.classList.toggle("autre", !slug(label.textContent).includes(slug(value)));
  };

  /* Results follow the words as they are typed: all of one typing is one entry of the history, so that Back leaves it whole. */
  let pause = 0;
  let typing = false;
  addEventListener("input", ({ target }) => {
    if (!isOurs(target) || target.type !== "search") return;
    if (target.matches(".parmi")) return narrow(target);
    clearTimeout(pause);
    pause = setTimeout(() => {
      send([target], typing);
      typing = true;
    }, 250);
  });
  addEventListener("focusout", () => (typing = false));
  addEventListener("popstate", ({ isTrusted }) => {
    if (!isTrusted) return;
    typing = false;
    if (ssr.isConnected && form()) return (shown = show());
    fill();
  });
  /* Later, when it is known whether the control was left, or taken away with its form. */
  addEventListener("change", ({ target }) => setTimeout(() => isOurs(target) && target.name && target.type !== "search" && send([target])));
  addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    clearTimeout(pause);
    send([...form().querySelectorAll(".mots input")], typing);
    shut();
  });
  addEventListener("click", (event) => {
    const link = event.target.closest?.(":is(.resultats, .raccourcis, .tuiles) a");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || link.pathname !== "/" || link.hash || !form()) return;
    event.preventDefault();
    const before = results();
    go(link.href);
    follow(before, Boolean(link.closest(".pages")));
  });
  const readFrom = (list) => {
    list.tabIndex = -1;
    list.focus({ preventScroll: true });
  };
  /* The link pressed goes with the old list: whoever reads by ear or by keyboard goes on from the new one. */
  const follow = (before, upward) => {
    const started = Date.now();
    const wait = setInterval(() => {
      const list = results();
      if (Date.now() - started > 5000) return clearInterval(wait);
      if (!list || list === before) return;
      clearInterval(wait);
      readFrom(list);
      if (upward) list.scrollIntoView();
    }, 50);
  };

  /* The bar of a phone: the words take the keyboard, the choices open as a drawer, which Escape or a press beside it shuts. */
  const choices = () => face().querySelector(".filtres details");
  const reached = {
    "#chercher": () => face().querySelector("input[type=search]"),
    "#choix": () => {
      const details = choices();
      if (details) details.open = true;
      return details?.querySelector("summary");
    },
  };
  addEventListener("click", (event) => {
    const link = event.target.closest?.(".barre a");
    const found = link && reached[link.hash]?.();
    if (!found) return;
    event.preventDefault();
    found.focus();
    found.scrollIntoView({ block: "center" });
  });
  const shut = () => {
    if (drawer.matches && choices()) choices().open = false;
  };
  addEventListener("keydown", ({ key }) => key === "Escape" && shut(), true);
  addEventListener(
    "click",
    (event) => {
      const opened = drawer.matches && choices()?.open ? choices() : null;
      if (!opened || opened.contains(event.target) || !face().contains(event.target) || event.target.closest(".filtres > button")) return;
      event.preventDefault();
      event.stopPropagation();
      shut();
    },
    true,
  );

  /* «Autour de moi», on a press only. Three decimals of a degree are about 100 m: enough to say which shop is nearer, too coarse to say which door. */
  if ("geolocation" in navigator) document.documentElement.classList.add("situe");
  const refusals = [
    "",
    _("Votre navigateur ne donne pas votre position. Autorisez-la pour ce site, ou écrivez une commune."),
    _("Votre position est introuvable pour l'instant. Écrivez une commune."),
    _("Votre position se fait attendre. Réessayez, ou écrivez une commune."),
  ];
  addEventListener("click", (event) => {
    for (const said of document.querySelectorAll(".autour .message")) said.textContent = "";
    const button = event.target.closest?.(".autour button");
    if (!button || button.ariaBusy) return;
    button.ariaBusy = "true";
    const around = ({ coords }) => {
      button.ariaBusy = null;
      const asked = new URLSearchParams(location.search);
      const typed = document.querySelector("input[type=search]")?.value.trim();
      if (typed) asked.set("q", typed);
      asked.delete("page");
      asked.set("pres", `${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`);
      if (!asked.has("tri")) asked.set("tri", "distance");
      go(`/?${asked.toString().replaceAll("%2C", ",")}`);
    };
    const refused = ({ code }) => {
      button.ariaBusy = null;
      button.nextElementSibling.textContent = refusals[code] || refusals[2];
    };
    navigator.geolocation.getCurrentPosition(around, refused, { timeout: 15000, maximumAge: 300000 });
  });

  /* Favourites: a list of slugs, newest first, in this browser and nowhere else. */
  const FAVOURITES = "favoris";
  const MOST_FAVOURITES = 200;
  const favourites = () => {
    const kept = JSON.parse(localStorage.getItem(FAVOURITES) || "[]");
    return Array.isArray(kept) ? kept.filter((slug) => typeof slug === "string" && slug).slice(0, MOST_FAVOURITES) : [];
  };
  const showFavourites = () => {
    let kept;
    try { kept = favourites(); } catch { return; } // a browser that keeps nothing shows nothing of it
    for (const button of document.querySelectorAll("button.favori")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(kept.includes(button.dataset.slug)));
    }
    for (const link of document.querySelectorAll("a.mes-favoris")) {
      link.hidden = !kept.length;
      link.dataset.nombre = kept.length;
      link.setAttribute("aria-label", _("Mes favoris ({n})", { n: kept.length }));
    }
  };
  const changeFavourites = (change) => {
    try { localStorage.setItem(FAVOURITES, JSON.stringify(change(favourites()))); } catch { /* full, or forbidden */ }
    showFavourites();
  };
  const fillFavourites = async (place) => {
    try {
      const answer = await fetch("/favoris", { method: "POST", body: favourites().join("\n"), credentials: "omit" });
      if (!answer.ok) throw answer.status;
      place.innerHTML = await answer.text();
    } catch {
      place.textContent = place.dataset.favoris;
    }
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button.favori, button.oublier");
    if (!button) return;
    const { slug, slugs } = button.dataset;
    if (slugs) {
      changeFavourites((kept) => kept.filter((each) => !slugs.split(" ").includes(each)));
      fillFavourites(button.closest("[data-favoris]"));
    } else if (button.getAttribute("aria-pressed") === "true") changeFavourites((kept) => kept.filter((each) => each !== slug));
    else if (favourites().length >= MOST_FAVOURITES) alert(_("Pas plus de {n} favoris : retirez-en un d’abord.", { n: MOST_FAVOURITES }));
    else changeFavourites((kept) => [slug, ...kept.filter((each) => each !== slug)]);
  });
  addEventListener("storage", showFavourites);
  const someNew = (node) => node.nodeType === 1 && (node.matches("button.favori, a.mes-favoris") || node.querySelector("button.favori, a.mes-favoris"));
  new MutationObserver((changes) => changes.some((change) => [...change.addedNodes].some(someNew)) && showFavourites())
    .observe(document.body, { subtree: true, childList: true });
  showFavourites();
  const favouritesPlace = ssr.querySelector("[data-favoris]");
  if (favouritesPlace) fillFavourites(favouritesPlace);

  const CHOICE = "filtres-instantanes"; // what browsers have kept it by
  const chosen = () => {
    try { return localStorage.getItem(CHOICE) === "1"; } catch { return false; }
  };
  const remember = () => {
    try { localStorage.setItem(CHOICE, "1"); } catch { /* a browser that keeps nothing is asked again */ }
  };
  const link = navigator.connection || {};
  const frugal = ssr.hasAttribute("data-economie") || link.saveData || ["slow-2g", "2g", "3g"].includes(link.effectiveType);
  const needed = ["/inscription", "/feuille"].includes(location.pathname); // these are nothing without their form

  /* The service worker keeps the pages seen; a page reached without a navigation is told to it. */
  const framed = window.top !== window;
  const keep = () => navigator.serviceWorker.ready.then((ready) => ready.active.postMessage({ keep: location.href }));
  if ("serviceWorker" in navigator && !framed && !withoutNetwork) {
    addEventListener("load", () => {
      const seen = navigator.serviceWorker.controller;
      navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" }).then(() => seen || keep()).catch(() => {});
    });
    let pause = 0;
    if (window.navigation && !frugal)
      navigation.addEventListener("currententrychange", () => {
        clearTimeout(pause);
        pause = setTimeout(keep, 3000);
      });
  }

  if (frugal) layOutAll();
  if (withoutNetwork) return online(() => location.reload());
  if (ssr.hasAttribute("data-sans-streamlit")) return;
  if (navigator.onLine === false) return online(load);
  /* Once the server's page is on the screen: asked for ahead of it, scripts keep a slow phone from showing it, and come no sooner. */
  const onceSeen = (then) => (document.hidden ? then() : requestAnimationFrame(() => setTimeout(then)));
  if (!frugal || needed || chosen()) return onceSeen(load);
  if (!ssr.querySelector(".filtres, .fiche")) return;
  ask.hidden = false;
  ask.firstElementChild.addEventListener("click", () => {
    ask.remove();
    remember();
    load();
  });
})();
