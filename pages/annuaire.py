"""`/`: search, filters, list, map."""

import streamlit as st

import annuaire
from ui import blocks, choices, home, map, page

with page.page("/") as snapshot:
    page.title(snapshot.site.name)
    st.html(home.welcome(snapshot.site))
    now = page.now()
    query = choices.choose(snapshot)
    st.html(home.shortcuts(snapshot, query, now))
    tiles, news = st.empty(), home.news(snapshot, query, now)
    if news:
        tiles.html(home.tiles(snapshot, query, now))
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
        if news:
            st.html(news)
