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
