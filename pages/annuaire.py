"""`/`: search, filters, list, map."""

import streamlit as st

import annuaire
from annuaire import Query
from ui import blocks, choices, home, legend, map, page

_TOUCHED = "carte-touchee"
"""Session key: what was touched last on the map, and under which query."""


def approached(query: Query) -> map.View | None:
    """Opens the fiche just touched on the map; else the cluster to show closer, until other fiches are asked for."""
    feature, state = map.touched(st.session_state.get("carte", {})), st.session_state
    # What a browser still holds at the first run of a session was touched before: Back must not open it again.
    known, under = state.setdefault(_TOUCHED, (feature, None))
    if feature != known:
        known, under = state[_TOUCHED] = (feature, query.to_page(1))
        if feature and "slug" in feature["properties"]:
            st.html(blocks.opened(feature["properties"]["slug"]))
    return map.around(known) if known and "vers" in known["properties"] and under == query.to_page(1) else None


with page.page("/") as snapshot:
    page.title(snapshot.site.name)
    st.html(home.welcome(snapshot.site))
    now = page.now()
    query = choices.choose(snapshot, now)
    st.html(home.shortcuts(snapshot, query, now) + home.tiles(snapshot, query, now))
    result = annuaire.find(snapshot, query, now)
    whole = st.container(key="liste-et-carte")
    whole.html(blocks.listing(snapshot, query, result, now))
    with whole.container(key="carte-et-legende"):
        st.html('<span id="carte"></span>')
        if st.toggle("Carte", True, key="carte-visible"):
            st.pydeck_chart(
                map.directory(snapshot, query, now, approached(query)), height=460, key="carte", on_select="rerun", selection_mode="single-object",
                alt=f"Carte des {result.total} fiches trouvées ; la liste dit la même chose.",
            )  # fmt: skip
            st.html(legend.legend(snapshot, query, now))
        if news := home.news(snapshot, query, now):
            st.html(news)
