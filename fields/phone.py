"""Telephones: the numbers in a cell, spelled as people read them, with the address that dials each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import phonenumbers

from fields.cell import Cell, Fault, Filled, Reading, Row, as_line, as_text, cut, says_nothing, shown
from words import _

_LIMIT = 200
"""Characters of a cell that are shown."""

_GAP = r"[\s.\-‐‑–·_/]{0,3}"
"""What stands between the digits of one number, e.g. the dots of `02.61.91.00.42`."""
_FRENCH = rf"[1-9](?:{_GAP}\d){{8}}"
_NUMBER = re.compile(
    rf"(?P<abroad>\(?(?:\+|(?<![\d.])00)[\s.]?)(?P<country>33|262|59[046])\)?{_GAP}(?:\(0\)|0)?{_GAP}(?P<national>{_FRENCH})(?!\d)"
    rf"|(?P<foreign>\(?(?:\+|(?<![\d.])00)\s?[1-9]\d{{0,2}}\)?\s?(?:\(0\))?(?:[ .\-]?\d){{5,13}})(?!\d)"
    rf"|(?<![\d+])(?:\(0\){_GAP}(?P<bracketed>{_FRENCH})|\((?P<area>0[1-9])\)(?P<rest>(?:{_GAP}\d){{8}})|0{_GAP}(?P<zero>{_FRENCH}))(?!\d)"
    rf"|(?<![\d+])33{_GAP}(?:\(0\))?{_GAP}(?P<bare>{_FRENCH})(?![ .\-]?\d)"
    rf"|(?<![\d+])(?<!\d[ .\-])(?P<lost>{_FRENCH})(?![ .\-]?\d)"
    r"|(?<![\d+])(?<!\d[ .\-/])(?P<short>118 ?\d{3}|3\d ?\d\d|10 ?[1-9]\d)(?![ .\-/]?\d)(?! ?[€%hH:])"
    r"|(?<![\d+])(?<!\d[ .\-/])(?P<island>\d\d(?:[ .\-]?\d\d){2,3})(?![ .\-/]?\d)"
)
"""E.g. `+33 (0)2 61 91 00 42` · `+41 22 700 12 34` · `02.61.91.00.42`, `(02) 61 91 00 42` · `33261910042` · `261910042`, whose zero a
number format took · `36 31`, `118 218` · `27 12 34`, in the Pacific."""

_IN_PAIRS = re.compile(r"0\d(?:\W\d\d){4}")
"""E.g. `08 99 00 00 00`: a number that its people spell in pairs, though the operators write `0 899 00 00 00`."""
_LETTER_O = re.compile(rf"\b[oO](?={_FRENCH}\b)")
"""E.g. the first letter of `O2 61 91 00 42`, typed for a zero."""

_OVERSEAS = {
    "262": ("0262", "0263", "0269", "0692", "0693", "07092", "070935", "070936", "070937"),
    "590": ("0590", "0690", "0691", "07090"),
    "594": ("0594", "0694", "070930", "070931", "070932", "070933"),
    "596": ("0596", "0696", "0697", "07091"),
}
"""Country code by the first digits that only one part of France overseas has (ARCEP's numbering plan, libphonenumber 9)."""
_BY_DEPARTMENT = {"971": "590", "972": "596", "973": "594", "974": "262", "976": "262", "977": "590", "978": "590"}
_SHARED_OVERSEAS = ("0639", "0939", "0947", "0976")
"""First digits whose country code is that of the place: 0639 is Mayotte's there, and kept for fiction in mainland France."""
_ISLANDS = {"975": ("508", 6), "986": ("681", 6), "987": ("689", 8), "988": ("687", 6)}
"""Postcodes whose numbers have no zero: country code and digits."""


@dataclass(frozen=True)
class Phone(Filled):
    """The cell as it is shown: numbers spelled in one way, words kept. Without a number it is a fault, and the words stay."""

    blank = ""
    beside: ClassVar[tuple[str, ...]] = ("code_postal",)

    def typed(self, cell: Cell, row: Row) -> Reading:
        written = _LETTER_O.sub("0", cut(as_line(cell), _LIMIT))
        if says_nothing(written):
            return Reading("")
        found = list(_found(_from_number(cell) or written, re.sub(r"\D", "", as_text(row.get("code_postal", "")))))
        called = any(uri for *_, uri in found)
        value = "".join(spelled if uri else _between(spelled) for _, spelled, uri in found) if called else written
        if called and not any(uri is None and len(_digits(spelled)) >= 6 for _, spelled, uri in found):
            return Reading(value)
        return Reading(
            value,
            (Fault(shown(cell), _("n'est pas un numéro que l'on peut appeler : dix chiffres, par exemple 02 61 91 00 42")),),
        )


def pieces(text: str, code_postal: str) -> list[tuple[str, str | None]]:
    """The text in consecutive pieces: a number with the `tel:` URI that dials it, other words with None. Joined, they are the text.

    `code_postal` decides for the numbers that depend on the place: Mayotte's 0639, the six digits of New Caledonia.
    """
    return [(written, uri) for written, _, uri in _found(text, code_postal)]


def _between(words: str) -> str:
    """What stands between two numbers, e.g. `#`, `;` or `-` → ` / `; words stay as they are."""
    return " / " if re.fullmatch(r"\s*[#;,|/\-–]+\s*", words) else words


def _from_number(cell: Cell) -> str:
    """The international number that a sheet has taken for a number, so that its `+` is lost; `""` for others."""
    digits = as_line(cell)
    if re.fullmatch(r"[1-9]\d{10,14}", digits) and not digits.startswith("33") and _foreign(f"+{digits}"):
        return f"+{digits}"
    return ""


def _found(text: str, code_postal: str) -> Iterator[tuple[str, str, str | None]]:
    """Consecutive pieces of the text: as written, as spelled, and the URI that dials it or None."""
    end = 0
    for match in _NUMBER.finditer(text):
        number = _dialled(match, code_postal)
        if number:
            if match.start() > end:
                yield text[end : match.start()], text[end : match.start()], None
            yield match[0], *number
            end = match.end()
    if end < len(text):
        yield text[end:], text[end:], None


def _dialled(match: re.Match[str], code_postal: str) -> tuple[str, str] | None:
    """The number as it is spelled, and its `tel:` URI; None where the place has no such number."""
    if match["short"]:
        digits = _digits(match["short"])
        return (f"118 {digits[3:]}" if len(digits) == 6 else f"{digits[:2]} {digits[2:]}"), f"tel:{digits}"
    if match["foreign"]:
        return _foreign(match["foreign"])
    if match["island"]:
        code, length = _ISLANDS.get(code_postal[:3], ("", 0))
        digits = _digits(match["island"])
        return (_pairs(digits), f"tel:+{code}{digits}") if len(digits) == length else None
    written = next(filter(None, map(match.group, ("national", "bracketed", "zero", "bare", "lost"))), None)
    national = "0" + _digits(written) if written else _digits(match["area"] + match["rest"])
    return _french(national, code_postal, match["country"], _IN_PAIRS.fullmatch(match[0]) is not None)


def _french(national: str, code_postal: str, country: str | None, in_pairs: bool) -> tuple[str, str]:
    """`national`: ten digits. `country`: the code it was written with, if any. `in_pairs`: as an 08 number was written."""
    overseas = next((code for code, starts in _OVERSEAS.items() if national.startswith(starts)), None)
    if not overseas and national.startswith(_SHARED_OVERSEAS):
        overseas = _BY_DEPARTMENT.get(code_postal[:3])
    if country not in (None, "33", overseas):
        return f"+{country} {national[1:4]} {_pairs(national[4:])}", f"tel:+{country}{national[1:]}"
    if national.startswith("0508"):
        return f"0508 {_pairs(national[4:])}", f"tel:+508{national[4:]}"
    if overseas:
        return f"{national[:4]} {_pairs(national[4:])}", f"tel:+{overseas}{national[1:]}"
    by_threes = national.startswith("08") and not in_pairs
    spelled = f"0 {national[1:4]} {_pairs(national[4:])}" if by_threes else _pairs(national)
    return spelled, f"tel:+33{national[1:]}"


def _foreign(written: str) -> tuple[str, str] | None:
    """A number of another country, if its plan has numbers of that length."""
    digits = _digits(re.sub(r"\(0\)", "", written))
    try:
        number = phonenumbers.parse("+" + digits.removeprefix("00"))
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    spelled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return spelled, "tel:" + phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _pairs(digits: str) -> str:
    return " ".join(re.findall(r"\d\d?", digits))
