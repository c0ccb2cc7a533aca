/* Turns Streamlit's few English words into French, wherever they come up. Asked for with Streamlit's own scripts: no page brings it along. */
(() => {
  /* A territory's own words for ours (words.py), those of this script alone: none where it has none. */
  const reworded = __WORDS__;
  const _ = (text) => reworded[text] ?? text;

  const words = {
    "Choose options": _("Choisir…"), "Choose an option": _("Choisir…"), "Select all": _("Tout choisir"), "No results": _("Aucun résultat"),
    "No options to select": _("Rien à choisir"), "Press Enter to apply": _("Entrée pour chercher"), "Press Enter to submit form": _("Entrée pour envoyer"),
    "Clear all": _("Tout effacer"), "Clear value": _("Effacer"), "Clear selection": _("Effacer le choix"), "Open": _("Ouvrir"), "Close": _("Fermer"),
    "Remove": _("Retirer"), "Search": _("Chercher"), "Sidebar": _("Barre latérale"), "Collapse sidebar": _("Replier"), "Expand sidebar": _("Déplier"),
    "App pages": _("Pages du site"), "Link to heading": _("Lien vers ce titre"), "Previous page": _("Page précédente"), "Next page": _("Page suivante"),
    "Map": _("Carte"), "Mapbox logo": _("Logo de Mapbox"), "Zoom In": _("Zoomer"), "Zoom Out": _("Dézoomer"), "Zoom in": _("Zoomer"), "Zoom out": _("Dézoomer"),
    "Toggle attribution": _("Crédits de la carte"), "Fullscreen": _("Plein écran"), "Close fullscreen": _("Quitter le plein écran"), "View fullscreen": _("Plein écran"),
    "Connection error": _("Connexion perdue"), "Connection timed out.": _("La connexion a pris trop de temps."), "Connecting": _("Connexion…"), "CONNECTING": _("Connexion…"),
    "Running...": _("Chargement…"), "Stop": _("Arrêter"), "Rerun": _("Relancer"), "Page not found": _("Page introuvable"),
    "Streamlit server is not responding. Are you connected to the internet?": _("Le site ne répond pas. Êtes-vous connecté à internet\u00a0? Cette page reste lisible, et se rebranche d'elle-même."),
    "Your app is having trouble loading the component.": _("Une partie de la page a du mal à se charger."),
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:": _("Le site ne répond plus. Il se reconnecte tout seul dès que possible."),
    "Your app is having trouble loading.": _("Le site a du mal à se charger."), "Loading": _("Chargement"), "Loading...": _("Chargement…"), "Main": _("Contenu"),
    "Skip to main content": _("Aller au contenu"), "Clear entry": _("Effacer"), "Dismiss": _("Fermer"), "Selected values": _("Choix faits"),
    "This field is required": _("Cette réponse est demandée"), "Show password text": _("Montrer"), "Hide password text": _("Cacher"), "open": _("ouvrir"),
  };
  const patterns = [
    [/^(\d+)\/(\d+)$/, _("$1 sur $2")],
    [/^([01]) options? available\.$/, _("$1 choix possible.")],
    [/^(\d+) options available\.$/, _("$1 choix possibles.")],
    [/^Select (\d+) matches$/, _("Choisir les $1 réponses")],
    [/^You can only select up to (\d+) options?.*$/, _("Pas plus de $1 choix")],
    [/^Remove (.+)$/, _("Retirer $1")],
    [/^(.+), press delete or backspace to remove$/i, _("$1, touche Suppr pour retirer")],
    [/^Selected (.+)\. (.+)$/, _("Choisi : $1. $2")],
    [/^The page that you have requested does not seem to exist.*$/, _("Cette page n'existe pas. Voici l'annuaire.")],
    [/^Press (⌘|Ctrl)\+Enter to apply$/, _("$1+Entrée pour valider")],
    [/^option (.+), selected\.$/, _("$1, choisi.")],
    [/^Fullscreen: (.+)$/, _("Plein écran : $1")],
  ];
  const french = (text) => {
    const trimmed = text.trim();
    if (words[trimmed]) return text.replace(trimmed, words[trimmed]);
    for (const [pattern, replacement] of patterns) if (pattern.test(trimmed)) return trimmed.replace(pattern, replacement);
    return text;
  };
  const ours = ".stHtml, .stMarkdown, .stTooltipContent, #ssr, script, style, input, textarea";
  const translateText = (node) => {
    if (!node.parentElement || (node.parentElement.closest(ours) && !node.parentElement.closest("[role=dialog] .stMarkdown"))) return;
    const translated = french(node.data);
    if (translated !== node.data) node.data = translated;
  };
  const translateElement = (element) => {
    if (element.closest(".stHtml, .stMarkdown, #ssr")) return;
    for (const name of ["aria-label", "title", "placeholder"]) {
      const value = element.getAttribute(name);
      if (value && french(value) !== value) element.setAttribute(name, french(value));
    }
  };
  const translate = (node) => {
    if (node.nodeType === 3) return translateText(node);
    if (node.nodeType !== 1) return;
    translateElement(node);
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let next = walker.nextNode(); next; next = walker.nextNode()) next.nodeType === 3 ? translateText(next) : translateElement(next);
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(translate);
      else translate(change.target);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["aria-label", "title", "placeholder"] });
  translate(document.body);
})();
