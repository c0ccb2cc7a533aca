"""`/`: search, filters, list, map."""

import streamlit as st

import annuaire
from ui import blocks, choices, map, page
from ui.document import welcome

with page.page("/") as snapshot:
    page.title(snapshot.site.name)
    st.html(welcome(snapshot.site))
    now = page.now()
    ahead = st.empty()
    query = choices.choose(snapshot, now)
    if delivery := blocks.delivery(snapshot, query, now):
        ahead.html(delivery)
    result = annuaire.find(snapshot, query, now)
    cards, beside = st.columns([7, 4])
    cards.html(blocks.listing(snapshot, query, result, now))
    with beside:
        if st.toggle("Carte", True, key="carte-visible"):
            picked = st.pydeck_chart(
                map.directory(snapshot, query), height=460, key="carte", on_select="rerun", selection_mode="single-object",
                alt=f"Carte des {result.total} fiches trouvées ; la liste dit la même chose.",
            )  # fmt: skip
            point = next(iter(picked.selection.objects.get(map.LAYER, [])), {}).get("properties", {})
            if "slug" in point:
                st.switch_page("fiche.py", query_params={"f": point["slug"]})
