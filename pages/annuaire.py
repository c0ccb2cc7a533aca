"""`/`: search, filters, list, map."""

import streamlit as st

import annuaire
from annuaire import Query
from ui import blocks, home, legend, map, page
from words import ngettext

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


with page.page("/") as snapshot:
    page.title(snapshot.site.name)
    page.write(home.welcome(snapshot.site) + blocks.blank_filters(snapshot))
    now, query = page.now(), annuaire.parse(page.pairs())
    result = annuaire.find(snapshot, query, now)
    counts = blocks.counts(snapshot, query, now)
    with st.container(key="liste-et-carte"):
        page.write(
            home.shortcuts(snapshot, query, now)
            + home.tiles(snapshot, query, now)
            + blocks.listing(snapshot, query, result, now, counts)
        )
        with st.container(key="carte-et-legende"):
            st.pydeck_chart(
                map.directory(snapshot, query, now, approached(query)), height=460, key="carte", on_select="rerun", selection_mode="single-object",
                alt=ngettext("Carte de {n} fiche ; la liste dit la même chose.", "Carte des {n} fiches trouvées ; la liste dit la même chose.", result.total).format(n=result.total),
            )  # fmt: skip
            page.write(legend.legend(snapshot, query, now) + home.news(snapshot, query, now))
