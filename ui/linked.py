"""What a page says to machines, as schema.org's JSON-LD. What is not known is left out."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import annuaire
import schema
from fields.cell import slugify
from fields.phone import pieces
from fields.picture import ours
from fields.points import Point
from schema import Site
from sheets.snapshot import Article
from words import _

Linked = dict[str, Any]

_DAYS = {"Mo": "Monday", "Tu": "Tuesday", "We": "Wednesday", "Th": "Thursday", "Fr": "Friday", "Sa": "Saturday", "Su": "Sunday"}
_NAMES = tuple(_DAYS)
_COMPACT = re.compile(r"(?P<days>[A-Z][a-z](?:[-,][A-Z][a-z])*) (?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d)")
"""schema.org's `openingHours`, e.g. `Tu,We 09:00-12:00`, `Mo-Fr 09:00-12:00`."""


def _thing(kind: str, **values: Any) -> Linked:
    return {"@type": kind, **{key: value for key, value in values.items() if value not in ("", None, [], {})}}


def _page(kind: str, **values: Any) -> Linked:
    return {"@context": "https://schema.org", **_thing(kind, **values)}


def website(site: Site, base_url: str) -> Linked:
    """The site and its search box."""
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{base_url}/?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
    return _page(
        "WebSite", name=site.name, url=f"{base_url}/", inLanguage="fr", description=_(site.welcome), potentialAction=search
    )


def business(record: Mapping[str, Any], base_url: str, image: str, now: datetime) -> Linked:
    """A fiche as a LocalBusiness. A point that is a commune's centre is no `geo`, and a door that stays shut has no hours."""
    url = f"{base_url}/fiche?{urlencode({'f': record['slug']})}"
    phone = next((uri for _, uri in pieces(record["telephone"], record["code_postal"]) if uri), "")
    exact = record["latitude"] is not None and not record["approximatif"]
    linked = _page(
        "LocalBusiness",
        name=record["nom"],
        url=url,
        description=record["description"] or record["activite"],
        image=image,
        address=_thing("PostalAddress", streetAddress=record["adresse"], postalCode=record["code_postal"],
                       addressLocality=record["commune"], addressCountry="FR"),
        geo=_thing("GeoCoordinates", latitude=record["latitude"], longitude=record["longitude"]) if exact else None,
        telephone=phone.removeprefix("tel:"),
        openingHoursSpecification=opening_hours(record["opening_hours"]) if record["accueil"] != schema.DOOR_CLOSED else [],
        specialOpeningHoursSpecification=special_hours(annuaire.exceptions(record, now)),
        hasPOS=list(map(_point_of_sale, record["points"])),
        paymentAccepted=", ".join(record["paiement"]),
        sameAs=[record[key] for key in ("site", "facebook", "instagram") if record[key]],
    )  # fmt: skip
    return {**linked, "@id": url}


def _point_of_sale(point: Point) -> Linked:
    """Another place where a fiche sells; its point only where it is more than the commune's."""
    exact = point.latitude is not None and not point.approximatif
    return _thing(
        "Place",
        name=point.titre,
        address=_thing("PostalAddress", streetAddress=point.adresse, postalCode=point.code_postal,
                       addressLocality=point.commune, addressCountry="FR") if point.commune else {},
        geo=_thing("GeoCoordinates", latitude=point.latitude, longitude=point.longitude) if exact else None,
        openingHoursSpecification=opening_hours(point.opening_hours),
    )  # fmt: skip


def opening_hours(osm: str | None) -> list[Linked]:
    """The hours of a week, one specification for the days that share them; empty where weeks differ or nothing is known."""
    return [
        _thing("OpeningHoursSpecification", dayOfWeek=_days(found["days"]), opens=found["opens"], closes=found["closes"])
        for found in map(_COMPACT.fullmatch, annuaire.schema_org(osm))
        if found
    ]


def _days(written: str) -> list[str]:
    """e.g. `Mo-We,Sa` → the addresses of four days."""
    days: list[str] = []
    for part in written.split(","):
        first, _, last = part.partition("-")
        start, end = _NAMES.index(first), _NAMES.index(last or first)
        days += [_NAMES[number % 7] for number in range(start, (end if end >= start else end + 7) + 1)]
    return [f"https://schema.org/{_DAYS[day]}" for day in days]


def special_hours(dated: Iterable[annuaire.Dated]) -> list[Linked]:
    """Days unlike others; schema.org writes «closed» from midnight to midnight. Either end may be missing."""
    return [
        _thing("OpeningHoursSpecification", opens=opens, closes="23:59" if closes == "24:00" else closes,
               validFrom=each.first.isoformat() if each.first else None, validThrough=each.last.isoformat() if each.last else None)
        for each in dated
        for opens, closes in each.hours or (("00:00", "00:00"),)
    ]  # fmt: skip


def article(item: Article, summary: str, base_url: str, image: str, site: Site) -> Linked:
    """An article as a NewsArticle, a standing page as a WebPage."""
    news = item.type == "article"
    url = f"{base_url}/mag?{urlencode({'article': item.slug})}" if news else f"{base_url}/page?{urlencode({'p': item.slug})}"
    return _page(
        "NewsArticle" if news else "WebPage",
        name="" if news else item.titre,
        headline=item.titre if news else "",
        description=summary,
        url=url,
        mainEntityOfPage=url if news else "",
        datePublished=item.date.isoformat() if item.date else "",
        articleSection=item.rubrique if news else "",
        inLanguage="fr",
        image=image,
        author=_thing("Person", name=item.auteur)
        if item.auteur
        else _thing("Organization", name=site.name, url=f"{base_url}/"),
        publisher=_thing(
            "Organization", name=site.name, url=f"{base_url}/", logo=f"{base_url}{site.logo}" if ours(site.logo) else ""
        ),
    )


def trail(steps: Iterable[tuple[str, str]]) -> Linked:
    """The way to a page, as a BreadcrumbList. `steps`: name and absolute address, the home page first."""
    items = [_thing("ListItem", position=place, name=name, item=url) for place, (name, url) in enumerate(steps, 1)]
    return _page("BreadcrumbList", itemListElement=items)


def trail_to_fiche(record: Mapping[str, Any], base_url: str) -> Linked:
    """As the fiche itself shows it: directory, category, town."""
    steps = [(_("Annuaire"), f"{base_url}/")]
    for facet in ("categorie", "commune"):
        if slug := slugify(record[facet] or ""):
            steps.append((record[facet], f"{base_url}/?{urlencode({facet: slug})}"))
    return trail([*steps, (record["nom"], f"{base_url}/fiche?{urlencode({'f': record['slug']})}")])


def trail_to_article(item: Article, base_url: str) -> Linked:
    if item.type != "article":
        return trail([(_("Annuaire"), f"{base_url}/"), (item.titre, f"{base_url}/page?{urlencode({'p': item.slug})}")])
    steps = [(_("Annuaire"), f"{base_url}/"), (_("Le Mag"), f"{base_url}/mag")]
    if section := slugify(item.rubrique):
        steps.append((item.rubrique, f"{base_url}/mag?{urlencode({'rubrique': section})}"))
    return trail([*steps, (item.titre, f"{base_url}/mag?{urlencode({'article': item.slug})}")])


def in_html(content: Mapping[str, Any]) -> str:
    """JSON that no text inside can end early: `<`, `>`, `&` and the two line separators are written as escapes."""
    written = json.dumps(content, ensure_ascii=False)
    return re.sub("[<>&\u2028\u2029]", lambda sign: f"\\u{ord(sign[0]):04x}", written)
