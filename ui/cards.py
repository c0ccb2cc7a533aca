"""A fiche's card, the same in every list."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from markupsafe import Markup, escape

import annuaire
from annuaire import OpenState, Query, Result
from fields.date import french, paris_day
from fields.points import Point
from schema import Site
from sheets.snapshot import Snapshot
from ui.drawn import drawn, this_minute, to_the_minute
from ui.templating import fill
from words import _

_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
"""Between two sentences, e.g. `Du pain. Et du vin.`."""


class Seen(NamedTuple):
    """All that a card tells besides its fiche and its site: what changes with the minute and with what is asked."""

    state: OpenState
    distance: str
    """Already said, e.g. `1,2 km`; `""` where no place is asked for."""
    near: str
    """The point of sale that is so near, where it is not the fiche's own place."""
    selling: str
    banners: tuple[str, ...]
    verified: str
    marks: tuple[str, ...]
    level: int
    """Of the heading that the name is."""


def cards(
    snapshot: Snapshot,
    rows: Sequence[int],
    now: datetime,
    query: Query | None = None,
    result: Result | None = None,
    level: int = 2,
) -> Markup:
    """The cards of these rows of `snapshot.fiches`, those of the result's page if there is one; `""` for none."""
    at, ouvert, site = to_the_minute(now), query.ouvert if query else "", snapshot.site
    nearest = result.page_nearest if result else [None] * len(rows)
    distances = result.page_distances if result else [None] * len(rows)
    marks = result.marks if result else ()
    shown = this_minute(snapshot.version, at)
    keys = [(row, ouvert, distance, near, marks, level) for row, distance, near in zip(rows, distances, nearest, strict=True)]
    html = {key: card for key in keys if (card := shown.get(key))}
    missing = [key for key in dict.fromkeys(keys) if key not in html]
    for key, record in zip(missing, snapshot.records([key[0] for key in missing]), strict=True):
        row, _, distance, near, *_ = key
        state = annuaire.state_of(record, at)
        seen = Seen(
            state,
            "" if distance is None else _km(distance),
            near.titre if near else "",
            _selling(record, state, ouvert, at, near),
            tuple(annuaire.banners(record, at)),
            verified(record, site, at),
            marks,
            level,
        )
        html[key] = shown[key] = drawn(("card", snapshot.fiche_version(row), site, seen), partial(_card, record, site, seen))
    return Markup("".join(map(html.__getitem__, keys)))


def _card(record: Mapping[str, Any], site: Site, seen: Seen) -> str:
    told = _told(record, seen.marks)
    return fill(
        "carte.html",
        fiche=record,
        seen=seen,
        name=_marked(record["nom"], seen.marks),
        told=told and _marked(told, seen.marks),
        welcome=record["accueil"] if site.in_crisis and record["accueil"] != seen.state.text else "",
        in_crisis=site.in_crisis,
        currency=currency(site),
    )


def verified(record: Mapping[str, Any], site: Site, now: datetime) -> str:
    """When the fiche was last held true, e.g. `Vérifié le 24 novembre 2026`, and whether it is to be confirmed; `""` where unknown."""
    day, today = record["verifie_le"], paris_day(now)
    if day is None:
        return ""
    if site.unconfirmed_days(day, today):
        return _("Vérifié le {jour}, à\u00a0confirmer").format(jour=french(day))
    return _("Vérifié le {jour}").format(jour=french(day))


def currency(site: Site) -> str:
    return site.currency or _("la monnaie locale")


def open_at(selling: annuaire.Selling) -> str:
    """e.g. `Marché Lafayette, Angers · ouvert, ferme à 13 h`."""
    said = (selling.state.text or "").replace(" · ", ", ")
    return f"{selling.point.titre} · {said[:1].lower()}{said[1:]}"


def _selling(record: Mapping[str, Any], state: OpenState, ouvert: str, now: datetime, near: Point | None) -> str:
    """At which point of sale a fiche is open at the moment asked for, where its own door (`state`, now) is not."""
    if not record["points"]:
        return ""
    at = annuaire.moment(ouvert, now) if ouvert else now
    if at is None or ((state if at == now else annuaire.state_of(record, at)).open and not near):
        return ""
    found = list(annuaire.selling(record, at))
    best = next((each for each in found if each.point == near), None) or next(iter(found), None)
    if best is None:
        return ""
    later = ouvert not in ("", "1")
    return _("{lieu} · ouvert à ce moment").format(lieu=best.point.titre) if later else open_at(best)


def _km(distance: float) -> str:
    return f"{max(100, round(distance * 10) * 100)}\u00a0m" if distance < 1 else f"{distance:.1f}\u00a0km".replace(".", ",")


def _marked(text: str, asked: Sequence[str]) -> Markup:
    """A text with the words that a visitor asked for marked in it."""
    if not asked:
        return escape(text)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece) if found else piece for piece, found in annuaire.marked(text, asked)
    )


def _told(fiche: Mapping[str, Any], asked: Sequence[str]) -> str:
    """What a card tells below the name: the activity, or the products or sentence in which a word asked for stands."""
    activity = fiche["activite"] or ""
    if not asked or _has(fiche["nom"], asked) or _has(activity, asked):
        return activity
    sentences = [fiche["produits"] or "", *_SENTENCE.split(fiche["description"] or "")]
    return next((text for text in sentences if _has(text, asked)), activity)


def _has(text: str, asked: Sequence[str]) -> bool:
    return any(found for _, found in annuaire.marked(text, asked))
