/* What the other parts know: the page, as the server wrote it and as Streamlit draws it. All parts are one script (web/shell.py). */

const assets = __ASSETS__;

/* A territory's own words for ours (words.py), those of this script alone: none where it has none. */
const reworded = __WORDS__;
const _ = (text, values = {}) => (reworded[text] ?? text).replace(/\{(\w+)\}/g, (blank, name) => values[name] ?? blank);

const ssr = document.getElementById("ssr");
const root = document.getElementById("root");
const ask = document.getElementById("activer");
const withoutNetwork = ssr.hasAttribute("data-hors-ligne");
const reveal = () => root.removeAttribute("style");

/* Where the visitor reads: the server's page, then Streamlit's. */
const main = () => document.querySelector("[data-testid=stMain]");
const face = () => (ssr.isConnected ? ssr : main());
const results = (where = face()) => where?.querySelector(".resultats");
const form = (where = face()) => (withoutNetwork ? null : where?.querySelector(".filtres"));
const isOurs = (control) => Boolean(control?.form) && control.form === form();

/* A network that is back for a second: it may come and go, and a page on its way out must not come back. */
const online = (then) => addEventListener("online", () => setTimeout(() => navigator.onLine && then(), 1000));

const add = (name, attributes) => document.head.append(Object.assign(document.createElement(name), attributes));
