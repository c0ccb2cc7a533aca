"""`/fiche?f=…`: one merchant."""

import streamlit as st

from ui import blocks, map, page
from words import _

with page.page("/fiche") as snapshot:
    slug = page.parameter("f")
    record = snapshot.fiche(slug)
    if record is None:
        page.title(_("Cette fiche n'existe pas"), snapshot)
        sentence = _("Elle a peut-être été retirée, ou son adresse mal recopiée.")
        page.write(blocks.not_found(_("Cette fiche n'existe pas"), sentence))
    else:
        page.title(record["nom"], snapshot)
        page.write(blocks.fiche(snapshot, slug, page.now(), page.base_url()) or "")
        drawn = map.fiche(record, snapshot.site.color)
        if drawn is not None:
            st.pydeck_chart(drawn, height=map.FICHE_HEIGHT, key="carte-fiche", alt=map.told(record))
        others = blocks.neighbours(snapshot, slug, page.now())
        if others.strip():
            page.write(others)
