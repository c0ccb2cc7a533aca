/* Streamlit's socket: open before its scripts run, and silent where the site has as many live pages as it can bear. */

window.prerenderReady = false;

/* Streamlit would otherwise look for its server below each page, one 404 at a time. */
window.__streamlit = {
  BACKEND_BASE_URL: location.origin,
  MAIN_PAGE_BASE_URL: location.origin,
  /* With these its socket opens at once, and what the server says of them counts when it comes. */
  HOST_CONFIG: { allowedOrigins: [location.origin], useExternalAuthToken: false, enableCustomParentMessages: false },
};

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
