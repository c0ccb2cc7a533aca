"""The directory's widgets, kept in step with the address: links, Back and another machine all restore them.

Streamlit's own `bind="query-params"` writes labels, erases slugs and breaks Back (docs/decisions/).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import streamlit as st

import annuaire
import schema
from annuaire import Option, Query
from fields.cell import slugify
from sheets.snapshot import Snapshot
from ui import blocks, page
from ui.cards import currency
from ui.markdown import literal

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
_SINGLE = ("q", "pres", "rayon", "tri", "ouvert", "monnaie")
_KEYS = (*_SINGLE, *schema.FACETS)
_COUNT = re.compile(r" \(\d[\d\u202f]*\)$")
"""How many a choice would give, behind its name, e.g. ` (12)`."""
_WRITTEN = "adresse"
"""Session key: the query as this session last wrote it in, or read it from, the address."""
_DEFAULTS = "premiers-choix"


def choose(snapshot: Snapshot, now: datetime) -> Query:
    """Draws the widgets and returns the query they and the address make together."""
    asked = annuaire.parse(page.pairs())
    names = annuaire.labels(snapshot)
    state = st.session_state
    if _WRITTEN not in state:
        # A browser that comes back after its server died sends its widgets with its first run: defaults lose to them, session_state would win.
        state[_DEFAULTS] = held = _values(asked, names)
    elif asked != state[_WRITTEN] or "q" not in state:
        held = _values(asked, names)
        for key, value in held.items():
            state[key] = value
    else:
        held = _held(state[_WRITTEN], names)
    facets = annuaire.facets(snapshot, _query(held, asked, names), now)
    menus = {facet: Menu(options) for facet, options in facets.items()}
    chosen = _query(_draw(snapshot, menus, state[_DEFAULTS]), asked, names)
    if replace(chosen, page=1) != replace(asked, page=1):
        _write(chosen)
    else:
        chosen = asked
    state[_WRITTEN] = chosen
    return chosen


class Menu:
    """One facet as its widget offers it: what would find something, with how many, and what is chosen, under its bare name.

    A browser sends labels back. Those of choices already made never change, and a count that has gone by meanwhile is understood.
    """

    def __init__(self, options: Iterable[Option]):
        self._shown = {option.slug: label(option) for option in options if option.count or option.selected}
        self.slugs = list(self._shown)

    def label(self, value: str) -> str:
        """Raises KeyError for what is not offered: Streamlit then drops it."""
        return self._shown.get(value) or self._shown[slug_of(value, self._shown)]


def label(option: Option) -> str:
    """e.g. `Boulangerie (12)`; the bare name once it is chosen."""
    return option.label if option.selected else f"{option.label} ({option.count:,})".replace(",", "\u202f")


def slug_of(value: str, slugs: Mapping[str, object]) -> str:
    """The slug of a slug or of a label, whatever its count was; `""` for none of `slugs`."""
    if value in slugs:
        return value
    return next((slug for text in (value, _COUNT.sub("", value)) if (slug := slugify(text)) in slugs), "")


def _held(before: Query, names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """What the widgets hold, before they are drawn: Streamlit reads it by the labels of the run that drew them."""
    state = st.session_state
    held = {key: state[key] for key in (*_SINGLE, *names) if key in state}
    for facet, slugs in names.items():
        held[facet] = [slug for value in held.get(facet, ()) if (slug := slug_of(value, slugs))]
        if not set(held[facet]) <= set(before.choices.get(facet, ())):
            state[facet] = held[facet]  # the browser holds a label with its count: it takes the bare one
    return held


def _values(query: Query, names: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """What each widget should hold; values that none can show are left to the address and to the chips."""
    values: dict[str, Any] = {
        "q": query.q,
        "pres": query.pres,
        "rayon": int(min(50, max(1, query.rayon))),
        "tri": query.tri,
        "monnaie": query.monnaie,
        "ouvert": query.ouvert == "1",
    }
    for facet, slugs in names.items():
        values[facet] = [slug for slug in query.choices.get(facet, ()) if slug in slugs]
    return values


def _draw(snapshot: Snapshot, menus: Mapping[str, Menu], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The value of each widget, by parameter. They are laid out by ui/style.css: each column of Streamlit's own is a message a run."""
    values: dict[str, Any] = {}
    with st.container(key="recherche"):
        values["q"] = st.text_input(
            "Que cherchez-vous ?", defaults["q"], max_chars=100, key="q", type="search", live=True, placeholder="pain, fromage, coiffeur…"
        )  # fmt: skip
        with st.container(key="pres-de"):
            values["pres"] = st.text_input("Près de", defaults["pres"], max_chars=80, key="pres", placeholder="une commune")
            st.html(blocks.around_me())
    with st.expander("Plus de choix", expanded=False, key="plus-de-choix"), st.container(key="tous-les-choix"):
        for facet, menu in menus.items():
            values[facet] = st.multiselect(
                schema.FACETS[facet].header,
                menu.slugs,
                [slug for slug in defaults[facet] if slug in menu.slugs],
                menu.label,
                key=facet,
                placeholder="Peu importe",
                select_all=False,
            )
        orders = list(ORDERS)
        values["tri"] = st.selectbox("Ordre", orders, orders.index(defaults["tri"]), format_func=ORDERS.__getitem__, key="tri")
        values["ouvert"] = st.toggle("Ouvert maintenant", defaults["ouvert"], key="ouvert")
        values["monnaie"] = st.toggle(f"Accepte {literal(currency(snapshot.site))}", defaults["monnaie"], key="monnaie")
        values["rayon"] = st.slider("Rayon (km)", 1, 50, defaults["rayon"], key="rayon", disabled=not values["pres"])
    return values


def _query(values: Mapping[str, Any], asked: Query, names: Mapping[str, Mapping[str, str]]) -> Query:
    """What the widgets say, and what of the address none of them can show: the latter goes by its chip."""
    pres = (values["pres"] or "").strip()
    picked = {facet: [slug_of(value, slugs) for value in values[facet]] for facet, slugs in names.items()}
    return Query(
        q=(values["q"] or "").strip(),
        choices=_with_unknown(picked, asked, names),
        monnaie=values["monnaie"],
        ouvert="1" if values["ouvert"] else (asked.ouvert if asked.ouvert != "1" else ""),
        pres=pres,
        rayon=float(values["rayon"]) if pres and values["rayon"] != min(50, max(1, int(asked.rayon))) else asked.rayon,
        tri=values["tri"],
    )


def _with_unknown(
    picked: Mapping[str, Sequence[str]], asked: Query, names: Mapping[str, Mapping[str, str]]
) -> dict[str, tuple[str, ...]]:
    together = {
        facet: (*slugs, *(slug for slug in asked.choices.get(facet, ()) if slug not in names[facet]))
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
