/* The form and the address say the same: a choice asks at once, and whatever changes the address changes the form, which Streamlit never draws again. */

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
  if (ssr.isConnected && form()) return show();
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
