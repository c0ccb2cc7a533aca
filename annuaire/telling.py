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
from words import N_, _

_UNKNOWN = {
    "categorie": N_("La catégorie «{}» n'existe pas ici."),
    "commune": N_("Aucune fiche dans la commune «{}»."),
    "livraison": N_("Le mode de livraison «{}» n'existe pas ici."),
    "paiement": N_("Le moyen de paiement «{}» n'existe pas ici."),
    "label": N_("Le label «{}» n'existe pas ici."),
}
_DROPPED = {
    "monnaie": N_("Sans la monnaie locale"),
    "ouvert": N_("Sans l'heure d'ouverture"),
    "pres": N_("Sans la distance"),
}


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
        yield Chip(
            _("Accepte {monnaie}").format(monnaie=found.snapshot.site.currency or _("la monnaie locale")),
            query.without("monnaie"),
        )
    for value in query.choices.get("monnaie", ()):
        yield Chip(_("Monnaie locale : {valeur}").format(valeur=value), query.without("monnaie", value), query.monnaie)
    if query.ouvert:
        at = moment(query.ouvert, now)
        yield Chip(_opened(query.ouvert, at), query.without("ouvert"), at is not None)
    if query.pres:
        place = kept.place
        where = (place.name or _("ce point")) if place else query.pres
        said = _("{lieu}, à moins de {distance} km").format(lieu=where, distance=kilometres(query.rayon).replace(".", ","))
        yield Chip(said, query.without("pres"), place is not None)


def _label(found: Index, facet: str, value: str) -> str:
    slug = found.facets[facet].slug(value)
    if slug is not None:
        return found.facets[facet].names[slug]
    elsewhere = commune(value) if facet == "commune" else None
    return elsewhere.name if elsewhere else value


def _opened(ouvert: str, at: datetime | None) -> str:
    if ouvert == "1":
        return _("Ouvert maintenant")
    if at is None:
        return _("Ouvert : {moment}").format(moment=ouvert)
    return _("Ouvert le {jour} à {heure}").format(jour=french(at.date()), heure=clock(at))


def messages(found: Index, query: Query, kept: Criteria, now: datetime) -> tuple[str, ...]:
    return tuple(_messages(found, query, kept, now))


def _messages(found: Index, query: Query, kept: Criteria, now: datetime) -> Iterator[str]:
    if kept.words is not None:
        if not kept.words.asked:
            yield _("«{mots}» ne contient aucun mot à chercher.").format(mots=query.q)
        for word, near in kept.words.mended:
            yield _("Aucune fiche pour «{mot}» : voici celles pour «{voisin}».").format(mot=word, voisin=near)
    for facet in CHOICES:
        for value in query.choices.get(facet, ()):
            if found.facets[facet].slug(value) is None:
                yield _(_UNKNOWN[facet]).format(_label(found, facet, value))
    for value in query.choices.get("monnaie", ()):
        yield _("«monnaie={valeur}» ne se comprend pas : écrivez «monnaie=1».").format(valeur=value)
    if query.ouvert and moment(query.ouvert, now) is None:
        yield _("«{moment}» n'est pas une date : écrivez par exemple «2026-11-24T10:00».").format(moment=query.ouvert)
    if query.pres and kept.place is None:
        known = commune(query.pres, found.centre)
        if known:
            yield _("On ne sait pas où est {commune} sur la carte.").format(commune=known.name)
        else:
            yield _("Aucune commune «{commune}».").format(commune=query.pres)


def dropped(found: Index, query: Query, parameter: str) -> str:
    """What it is to do without a choice, e.g. `Sans «Boulangerie»`."""
    if parameter == "q":
        return _("Sans {choix}").format(choix=f"«{query.q}»")
    if parameter in _DROPPED:
        return _(_DROPPED[parameter])
    named = [f"«{_label(found, parameter, value)}»" for value in query.choices[parameter]]
    return _("Sans {choix}").format(choix=_(" ni ").join(named))
