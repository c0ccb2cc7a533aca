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
