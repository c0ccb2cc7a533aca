/* Streamlit is loaded, draws the page beside the server's, and takes its place. */

/* A font as heavy as half the scripts: icons, which Streamlit asks for wherever it runs, and which come with the first of them that a page shows. */
const loadFont = document.fonts.load.bind(document.fonts);
document.fonts.load = (font, text) => (font.includes("Material Symbols") ? Promise.resolve([]) : loadFont(font, text));
const layOutAll = () => document.getElementById("seulement-ce-qui-se-voit")?.remove();

let loading = false;
const load = () => {
  if (loading) return;
  loading = true;
  knock();
  watch();
  add("script", { src: assets.french });
  for (const href of assets.styles) add("link", { rel: "stylesheet", crossOrigin: "", href });
  /* Behind what the visitor asks meanwhile, of which a browser else would have its turn after all of them. */
  for (const href of assets.preloads) add("link", { rel: "modulepreload", crossOrigin: "", fetchPriority: "low", href });
  /* Where they do not come, the server-written page stays as it is. */
  const onerror = () => {
    layOutAll();
    early?.close();
    online(() => location.reload());
  };
  add("script", { type: "module", crossOrigin: "", fetchPriority: "low", src: assets.module, onerror });
};

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
