"""Postcodes: five digits, out of the cells and addresses where people write them."""

import re
import unicodedata
from collections.abc import Iterable

from fields import communes
from fields.cell import Cell, as_line

_CODE = re.compile(r"(\D*?)(\d\d[\s.]?\d{3})(?:[.,]0+)?(?![.,]?\d)(.*)", re.ASCII)
"""E.g. `49000`, `49 000`, `F-49000`, `49000 Angers`, `Angers 49000`."""
_FOUR_DIGITS = re.compile(r"(\d{4})(?:[.,]0+)?(?![.,]?\d)(.*)", re.ASCII)
"""E.g. `1000`, whose zero was lost."""
_CODE_IN_TEXT = re.compile(
    r"(?<!\d)(?<!BP )(?<!CS )(?<!BP)(?<!CS)(?<!TSA )(\d{5})(?!\d)[\s,\-–]*([^\d,;(]*)", re.ASCII | re.IGNORECASE
)
"""E.g. the end of `12 rue des Lices 49100 Angers`; not the box of `BP 12345`."""
_FRENCH = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-5]|97[1-8]|98[04-8])\d+", re.ASCII)


def could_exist(code: str) -> bool:
    """True for five digits that a French department, a territory overseas or Monaco may have, even if no list knows them (CEDEX)."""
    return _FRENCH.fullmatch(code) is not None


def read(cell: Cell, commune: str) -> tuple[str | None, str]:
    """The five digits of the cell, None where it has none, and the words around them."""
    text = unicodedata.normalize("NFKC", as_line(cell))
    found = _CODE.fullmatch(text)
    if found:
        before = re.sub(r"\b(?:FR?|CP)\b", "", found[1], flags=re.IGNORECASE)
        words = " ".join(f"{before} {found[3]}".split()).strip(" -–,.:;()")
        return re.sub(r"\D", "", found[2]), words if re.search(r"[^\W\d_]", words) else ""
    found = _FOUR_DIGITS.fullmatch(text)
    if found:
        place = communes.named(commune or found[2], f"0{found[1]}")
        if place and f"0{found[1]}" in place.postcodes:
            return f"0{found[1]}", found[2].strip()
    return None, ""


def completed(name: str, code: str, texts: Iterable[str]) -> tuple[str, str]:
    """The commune's name and the postcode, with what is missing taken from texts such as an address."""
    for text in texts:
        for found in reversed(list(_CODE_IN_TEXT.finditer(text))):
            written, after = found[1], found[2].strip()
            if code not in ("", written):
                continue
            place = communes.named(name or after, written) or (
                None if name else communes.ending(text[: found.start()], written)
            )
            if name and place and (text == name or written in place.postcodes):
                return name, written
            if not name and (place or communes.with_postcode(written)):
                return place.name if place else "", written
    return name, code
