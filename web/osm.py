"""A fiche as OpenStreetMap writes it (https://wiki.openstreetmap.org/wiki/Map_features), so that maps of the commons can take it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fields.phone import pieces

LONGEST = 255
"""Characters of an OSM value: a longer one is left out rather than cut."""

CATEGORIES: Mapping[str, tuple[str, str]] = {
    "AMAP": ("shop", "farm"),
    "Artisan": ("craft", "yes"),
    "Bar": ("amenity", "bar"),
    "Bien-être": ("shop", "beauty"),
    "Boucherie": ("shop", "butcher"),
    "Boulangerie": ("shop", "bakery"),
    "Cave": ("shop", "wine"),
    "Coiffeur": ("shop", "hairdresser"),
    "Culture": ("amenity", "arts_centre"),
    "Épicerie": ("shop", "convenience"),
    "Fleuriste": ("shop", "florist"),
    "Fromagerie": ("shop", "cheese"),
    "Jardinerie": ("shop", "garden_centre"),
    "Librairie": ("shop", "books"),
    "Maison": ("shop", "houseware"),
    "Marché": ("amenity", "marketplace"),
    "Mode": ("shop", "clothes"),
    "Poissonnerie": ("shop", "seafood"),
    "Primeur": ("shop", "greengrocer"),
    "Producteur": ("shop", "farm"),
    "Restaurant": ("amenity", "restaurant"),
    "Services": ("office", "yes"),
    "Traiteur": ("shop", "deli"),
    "Autre": ("shop", "yes"),
}
PAYMENTS: Mapping[str, str] = {
    "Espèces": "payment:cash",
    "Carte bancaire": "payment:cards",
    "Chèque": "payment:cheque",
    "Virement": "payment:wire_transfer",
    "Titres-restaurant": "payment:meal_voucher",
}
"""What is not ticked is not known to be refused: no `no`. Paying online is no way to pay at the counter."""
LABELS: Mapping[str, str] = {
    "Agriculture biologique (AB)": "organic",
    "Nature & Progrès": "organic",
    "Demeter": "organic",
    "Commerce équitable": "fair_trade",
}
DELIVERY: Mapping[str, str] = {"Livraison à domicile": "delivery"}
_CONTACTS = {"site": "contact:website", "facebook": "contact:facebook", "instagram": "contact:instagram"}
_NUMBERED = re.compile(r"(?P<number>\d{1,4}(?: ?(?:bis|ter|quater|[A-Da-d]))?)\b,? +(?P<street>\D.*)")
"""e.g. `12 rue des Lices`, `3 bis, place Travot`."""


def tags(fiche: Mapping[str, Any], currency_code: str) -> dict[str, str]:
    """`fiche`: a record of `Snapshot`. `currency_code`: that of the local currency in OSM, e.g. `MUSE`; may be empty."""
    return {key: value for key, value in _tags(fiche, currency_code) if value and len(value) <= LONGEST}


def _tags(fiche: Mapping[str, Any], currency_code: str) -> Iterator[tuple[str, str]]:
    yield "name", fiche["nom"]
    yield CATEGORIES.get(fiche["categorie"], CATEGORIES["Autre"])
    yield from _address(fiche)
    yield "opening_hours", fiche["opening_hours"]
    phones = [uri.removeprefix("tel:") for _, uri in pieces(fiche["telephone"], fiche["code_postal"]) if uri]
    yield "contact:phone", ";".join(phones)
    for key, tag in _CONTACTS.items():
        yield tag, fiche[key]
    for choices, known in ((fiche["paiement"], PAYMENTS), (fiche["labels"], LABELS), (fiche["livraison"], DELIVERY)):
        yield from ((known[choice], "yes") for choice in choices if choice in known)
    if fiche["monnaie"] is not None:
        yield "currency:XLT", (currency_code or "yes") if fiche["monnaie"] else "no"
    yield "description", " ".join((fiche["activite"] or fiche["description"]).split())
    yield "image", fiche["photo"] if fiche["photo"].startswith("http") else ""
    yield "check_date", fiche["verifie_le"].isoformat() if fiche["verifie_le"] else ""


def _address(fiche: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if found := _NUMBERED.fullmatch(fiche["adresse"]):
        yield "addr:housenumber", found["number"]
        yield "addr:street", found["street"]
    else:
        yield "addr:full", fiche["adresse"]
    yield "addr:postcode", fiche["code_postal"]
    yield "addr:city", fiche["commune"] or ""
