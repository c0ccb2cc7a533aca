"""`/`: search, filters, list, map."""

import streamlit as st

import annuaire
from annuaire import Query
from ui import blocks, directory, map, page
from ui.drawn import to_the_minute

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
            page.write(blocks.opened(feature["properties"]["slug"]))
    return map.around(known) if known and "vers" in known["properties"] and under == query.to_page(1) else None


with page.page("/", directory.opening) as snapshot:
    now, query = page.now(), annuaire.parse(page.pairs())
    shown = directory.directory(snapshot, query, to_the_minute(now))
    closer = approached(query)
    page.write(shown.found)
    with st.container(key="carte-et-legende"):
        st.pydeck_chart(
            map.directory(snapshot, query, now, closer) if closer else shown.map,
            height=460, key="carte", on_select="rerun", selection_mode="single-object", alt=shown.told,
        )  # fmt: skip
        page.write(shown.below)
