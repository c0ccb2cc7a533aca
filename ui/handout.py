"""What a fiche becomes outside the site: a visiting card (`.vcf`) and a QR code."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import segno

from fields.phone import pieces

QR_LIMIT = 400
"""Characters of an address beyond which its QR code is too fine for a telephone to read on paper."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LINE = 75
"""Octets of a line, RFC 2426 §2.6 and RFC 6350 §3.2."""


def address(slug: str) -> str:
    """A fiche's own page."""
    return f"/fiche?{urlencode({'f': slug})}"


def qr(text: str) -> str:
    """An SVG element without size: black on white, with the quiet margin that readers ask for."""
    return str(segno.make(text, error="m", micro=False).svg_inline(border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None))  # fmt: skip


def qr_file(text: str) -> bytes:
    """The same as a file of its own."""
    return qr(text).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).encode()


def vcard(record: Mapping[str, Any], base_url: str) -> bytes:
    """A public record as a vCard 3.0 (RFC 2426), the version that every telephone reads. No photo: a card must stay light."""
    return "".join(f"{line}\r\n" for written in _lines(record, base_url) for line in _folded(written)).encode()


def _lines(record: Mapping[str, Any], base_url: str) -> Iterator[str]:
    url = base_url + address(record["slug"])
    name = _text(record["nom"])
    yield from ("BEGIN:VCARD", "VERSION:3.0", f"UID:{_text(url)}", f"FN:{name}", f"N:{name};;;;", f"ORG:{name}")
    for _, uri in pieces(record["telephone"], record["code_postal"]):
        if uri:
            yield f"TEL;TYPE=WORK,VOICE:{_text(uri.removeprefix('tel:'))}"
    street, town, postcode = (_text(record[key]) for key in ("adresse", "commune", "code_postal"))
    if street or town or postcode:
        yield f"ADR;TYPE=WORK:;;{street};{town};;{postcode};France"
    if record["latitude"] is not None and not record["approximatif"]:
        yield f"GEO:{record['latitude']:.6f};{record['longitude']:.6f}"
    yield from (f"URL:{_text(link)}" for link in (record["site"], url) if link)
    if record["categorie"]:
        yield f"CATEGORIES:{_text(record['categorie'])}"
    told = "\n".join(part for part in (record["activite"], record["horaires"]) if part)
    if told:
        yield f"NOTE:{_text(told)}"
    yield f"REV:{record['updated_at']:%Y-%m-%dT%H:%M:%SZ}"
    yield "END:VCARD"


def _text(value: str | None) -> str:
    """A value as RFC 2426 §4 escapes it: no text of a merchant's can begin a line of its own."""
    clean = re.sub(r"\r\n?|[\x85\u2028\u2029]", "\n", value or "")
    clean = _CONTROL.sub("", clean).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return clean.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, those after the first begun by a space; no letter is cut in two."""
    piece, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _LINE:
            yield piece
            piece, size = " ", 1
        piece += letter
        size += octets
    yield piece
