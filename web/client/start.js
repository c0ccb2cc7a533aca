/* What begins, and when: a page saved for later, one that counts its bytes, all others. */

const CHOICE = "filtres-instantanes"; // what browsers have kept it by
const chosen = () => {
  try { return localStorage.getItem(CHOICE) === "1"; } catch { return false; }
};
const remember = () => {
  try { localStorage.setItem(CHOICE, "1"); } catch { /* a browser that keeps nothing is asked again */ }
};
const line = navigator.connection || {};
const frugal = ssr.hasAttribute("data-economie") || line.saveData || ["slow-2g", "2g", "3g"].includes(line.effectiveType);
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

/* Once the server's page is on the screen: asked for ahead of it, scripts keep a slow phone from showing it, and come no sooner. */
const onceSeen = (then) => (document.hidden ? then() : requestAnimationFrame(() => setTimeout(then)));
const loadOnPress = () => {
  if (!ssr.querySelector(".filtres, .fiche")) return;
  ask.hidden = false;
  ask.firstElementChild.addEventListener("click", () => {
    ask.remove();
    remember();
    load();
  });
};

if (frugal) layOutAll();
if (withoutNetwork) online(() => location.reload());
else if (!ssr.hasAttribute("data-sans-streamlit")) {
  if (navigator.onLine === false) online(load);
  else if (frugal && !needed && !chosen()) loadOnPress();
  else onceSeen(load);
}
