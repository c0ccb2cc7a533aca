"""The directory's widgets, kept in step with the address: links, Back and another machine all restore them.

Streamlit's own `bind="query-params"` writes labels, erases slugs and breaks Back (docs/decisions/).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

import annuaire
import schema
from annuaire import Query
from sheets.snapshot import Snapshot
from ui import blocks

ORDERS = {
    "": "Ordre proposé",
    "jour": "Au hasard du jour",
    "pertinence": "Au plus près des mots",
    "nom": "Nom",
    "nouveau": "Nouveautés",
    "distance": "Distance",
}
"""Orders as they are called. The proposed one follows the words where there are some, else the day."""
_OF_OTHER_PAGES = {"f", "article", "p", "rubrique", "lien", "cle"}
_KEYS = ("q", "pres", "rayon", "tri", "ouvert", *schema.FACETS)
_WRITTEN = "adresse"
"""Session key: the query as this session last wrote it in, or read it from, the address."""
_DEFAULTS = "premiers-choix"


def choose(snapshot: Snapshot) -> Query:
    """Draws the widgets and returns the query they and the address make together."""
    asked = annuaire.parse(_pairs())
    options = annuaire.labels(snapshot)
    state = st.session_state
    if _WRITTEN not in state:
        # A browser that comes back after its server died sends its widgets with its first run: defaults lose to them, session_state would win.
        state[_DEFAULTS] = _values(asked, options)
    elif asked != state[_WRITTEN] or "q" not in state:
        for key, value in _values(asked, options).items():
            state[key] = value
    chosen = _draw(snapshot, options, state[_DEFAULTS], asked)
    if replace(chosen, page=1) != replace(asked, page=1):
        _write(chosen)
    else:
        chosen = asked
    state[_WRITTEN] = chosen
    return chosen


def _pairs() -> list[tuple[str, str]]:
    return [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]


def _values(query: Query, options: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """What each widget should hold; values that none can show are left to the address and to the chips."""
    values: dict[str, Any] = {
        "q": query.q,
        "pres": query.pres,
        "rayon": query.rayon,
        "tri": query.tri,
        "monnaie": query.monnaie,
        "ouvert": query.ouvert == "1",
    }
    for facet, labels in options.items():
        values[facet] = [slug for slug in query.choices.get(facet, ()) if slug in labels]
    return values


def _draw(snapshot: Snapshot, options: Mapping[str, Mapping[str, str]], defaults: Mapping[str, Any], asked: Query) -> Query:
    words, near = st.columns([3, 2], vertical_alignment="bottom")
    q = words.text_input(
        "Que cherchez-vous ?", defaults["q"], max_chars=100, key="q", type="search", placeholder="pain, fromage, coiffeur…"
    )
    pres = near.text_input("Près de", defaults["pres"], max_chars=80, key="pres", placeholder="une commune")
    with st.expander("Plus de choix", expanded=False):
        columns = st.columns(3)
        picked = {
            facet: columns[place % 3].multiselect(
                schema.FACETS[facet].header,
                list(labels),
                defaults[facet],
                labels.__getitem__,
                key=facet,
                placeholder="Tous",
                select_all=False,
            )
            for place, (facet, labels) in enumerate(options.items())
        }
        with columns[len(options) % 3]:
            orders = list(ORDERS)
            tri = st.selectbox("Ordre", orders, orders.index(defaults["tri"]), format_func=ORDERS.__getitem__, key="tri")
            ouvert = st.toggle("Ouvert maintenant", defaults["ouvert"], key="ouvert")
            monnaie = st.toggle(f"Accepte {blocks.currency(snapshot.site)}", defaults["monnaie"], key="monnaie")
            rayon = st.slider("Rayon (km)", 1, 50, int(min(50, max(1, defaults["rayon"]))), key="rayon", disabled=not pres)
    return Query(
        q=(q or "").strip(),
        choices=_with_unknown(picked, asked, options),
        monnaie=monnaie,
        ouvert="1" if ouvert else (asked.ouvert if asked.ouvert != "1" else ""),
        pres=(pres or "").strip(),
        rayon=float(rayon) if pres and rayon != min(50, max(1, int(asked.rayon))) else asked.rayon,
        tri=tri,
    )


def _with_unknown(
    picked: Mapping[str, Sequence[str]], asked: Query, options: Mapping[str, Mapping[str, str]]
) -> dict[str, tuple[str, ...]]:
    """The widgets' choices, and those of the address that no widget can show: the latter go by their chip."""
    together = {
        facet: (*slugs, *(slug for slug in asked.choices.get(facet, ()) if slug not in options[facet]))
        for facet, slugs in picked.items()
    }
    together["monnaie"] = asked.choices.get("monnaie", ())
    return {facet: tuple(slugs) for facet, slugs in together.items() if slugs}


def _write(query: Query) -> None:
    """Puts the query in the address: one entry of the browser's history a change. Foreign parameters stay."""
    ours = {*_KEYS, "page", *_OF_OTHER_PAGES}
    parameters: dict[str, list[str]] = {name: st.query_params.get_all(name) for name in st.query_params if name not in ours}
    for name, value in query.pairs():
        parameters.setdefault(name, []).append(value)
    st.query_params.from_dict(parameters)
