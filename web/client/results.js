/* Other results of the directory, in place: by the server until Streamlit is live, then by Streamlit, whose map stays as it is. */

const connected = () => document.querySelector("[data-testid=stApp][data-test-connection-state=CONNECTED]");
const go = (url, replace) => {
  if (location.pathname !== "/" || !(ssr.isConnected || connected())) return location.assign(url);
  history[replace ? "replaceState" : "pushState"]({}, "", url);
  if (ssr.isConnected) show(document.activeElement);
  tell();
};
const tell = () => connected() && dispatchEvent(new PopStateEvent("popstate"));

/* What the server says of the address takes the place of what it said before; `kept`: the words being typed, which stay under the fingers. */
let asking;
let chosenHere = false;
const show = async (kept) => {
  chosenHere = true;
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

/* Streamlit may have asked before a choice was made here: it is told once of each address that it does not show. */
let told;
const agree = () => {
  if (!chosenHere) return true;
  if (asking) return false;
  if (results(ssr)?.dataset.adresse === results(main())?.dataset.adresse) return true;
  if (told !== location.href) tell();
  told = location.href;
  return false;
};

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
