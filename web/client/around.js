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
