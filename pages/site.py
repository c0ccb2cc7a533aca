"""Which page is where. Streamlit's own menu is hidden: the header is the same HTML before and after it takes over."""

import streamlit as st

from sheets.open_counter import open_counter
from sheets.snapshot import live
from ui.page import known
from words import _

pages = [
    known("annuaire.py", title=live.snapshot.site.name if live.snapshot else _("Annuaire"), default=True),
    known("fiche.py", title=_("Fiche"), url_path="fiche"),
    known("mag.py", title=_("Le Mag"), url_path="mag"),
    known("page.py", title=_("Page"), url_path="page"),
    known("inscription.py", title=_("Ajouter ma fiche"), url_path="inscription"),
    known("a_propos.py", title=_("À propos"), url_path="a-propos"),
]
if open_counter.counter is not None and open_counter.admits(st.context.cookies.get("feuille", "")):
    pages.append(known("feuille.py", title=_("La feuille"), url_path="feuille"))
st.navigation(pages, position="hidden").run()
