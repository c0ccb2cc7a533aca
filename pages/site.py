"""Which page is where. Streamlit's own menu is hidden: the header is the same HTML before and after it takes over."""

import streamlit as st

from sheets.counter import open_counter
from words import _

pages = [
    st.Page("annuaire.py", title=_("Annuaire"), default=True),
    st.Page("fiche.py", title=_("Fiche"), url_path="fiche"),
    st.Page("mag.py", title=_("Le Mag"), url_path="mag"),
    st.Page("page.py", title=_("Page"), url_path="page"),
    st.Page("inscription.py", title=_("Ajouter ma fiche"), url_path="inscription"),
    st.Page("a_propos.py", title=_("À propos"), url_path="a-propos"),
]
if open_counter.counter is not None and open_counter.admits(st.context.cookies.get("feuille", "")):
    pages.append(st.Page("feuille.py", title=_("La feuille"), url_path="feuille"))
st.navigation(pages, position="hidden").run()
