"""A query told to its visitor, in French: the choices made, those that mean nothing here, those to drop."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from annuaire.criteria import Criteria
from annuaire.facets import CHOICES
from annuaire.index import Index
from annuaire.near import commune
from annuaire.opening import clock, moment
from annuaire.query import Query, kilometres
from fields.date import french

_UNKNOWN = {
    "categorie": "La catégorie «{}» n'existe pas ici.",
    "commune": "Aucune fiche dans la commune «{}».",
    "livraison": "Le mode de livraison «{}» n'existe pas ici.",
    "paiement": "Le moyen de paiement «{}» n'existe pas ici.",
    "label": "Le label «{}» n'existe pas ici.",
}
_DROPPED = {"monnaie": "Sans la monnaie locale", "ouvert": "Sans l'heure d'ouverture", "pres": "Sans la distance"}


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice of the visitor, and the query without it."""

    label: str
    query: Query
    known: bool = True
    """False: it means nothing here."""


def chips(found: Index, query: Query, kept: Criteria, now: datetime) -> tuple[Chip, ...]:
    return tuple(_chips(found, query, kept, now))


def _chips(found: Index, query: Query, kept: Criteria, now: datetime) -> Iterator[Chip]:
    if query.q:
        yield Chip(f"«{query.q}»", query.without("q"))
    for facet in CHOICES:
        for value in query.choices.get(facet, ()):
            yield Chip(_label(found, facet, value), query.without(facet, value), found.facets[facet].slug(value) is not None)
    if query.monnaie:
        yield Chip(f"Accepte {found.snapshot.site.currency or 'la monnaie locale'}", query.without("monnaie"))
    for value in query.choices.get("monnaie", ()):
        yield Chip(f"Monnaie locale : {value}", query.without("monnaie", value), query.monnaie)
    if query.ouvert:
        at = moment(query.ouvert, now)
        yield Chip(_opened(query.ouvert, at), query.without("ouvert"), at is not None)
    if query.pres:
        place = kept.place
        where = (place.name or "ce point") if place else query.pres
        yield Chip(
            f"{where}, à moins de {kilometres(query.rayon).replace('.', ',')} km", query.without("pres"), place is not None
        )


def _label(found: Index, facet: str, value: str) -> str:
    slug = found.facets[facet].slug(value)
    if slug is not None:
        return found.facets[facet].names[slug]
    elsewhere = commune(value) if facet == "commune" else None
    return elsewhere.name if elsewhere else value


def _opened(ouvert: str, at: datetime | None) -> str:
    if ouvert == "1":
        return "Ouvert maintenant"
    return f"Ouvert le {french(at.date())} à {clock(at)}" if at else f"Ouvert : {ouvert}"


def messages(found: Index, query: Query, kept: Criteria, now: datetime) -> tuple[str, ...]:
    return tuple(_messages(found, query, kept, now))


def _messages(found: Index, query: Query, kept: Criteria, now: datetime) -> Iterator[str]:
    if kept.words is not None:
        if not kept.words.asked:
            yield f"«{query.q}» ne contient aucun mot à chercher."
        for word, near in kept.words.mended:
            yield f"Aucune fiche pour «{word}» : voici celles pour «{near}»."
    for facet in CHOICES:
        for value in query.choices.get(facet, ()):
            if found.facets[facet].slug(value) is None:
                yield _UNKNOWN[facet].format(_label(found, facet, value))
    for value in query.choices.get("monnaie", ()):
        yield f"«monnaie={value}» ne se comprend pas : écrivez «monnaie=1»."
    if query.ouvert and moment(query.ouvert, now) is None:
        yield f"«{query.ouvert}» n'est pas une date : écrivez par exemple «2026-11-24T10:00»."
    if query.pres and kept.place is None:
        known = commune(query.pres, found.centre)
        yield f"On ne sait pas où est {known.name} sur la carte." if known else f"Aucune commune «{query.pres}»."


def dropped(found: Index, query: Query, parameter: str) -> str:
    """What it is to do without a choice, e.g. `Sans «Boulangerie»`."""
    if parameter == "q":
        return f"Sans «{query.q}»"
    if parameter in _DROPPED:
        return _DROPPED[parameter]
    return "Sans " + " ni ".join(f"«{_label(found, parameter, value)}»" for value in query.choices[parameter])
