"""What a cell of a sheet may hold, and what reading one gives back."""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from words import N_, _

Cell = str | int | float | bool
"""A locale-free cell: text, number, tick, or a date as days since 1899-12-30. `""` is a blank."""

Row = Mapping[str, Cell]
"""The raw cells of one line of a tab, by column key (`schema.Column.key`). Absent columns are absent keys."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell, in French: what was found there, what was expected instead."""

    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A typed value (the kind's `blank` where the cell cannot be used) and what is wrong with the cell."""

    value: Any
    faults: tuple[Fault, ...] = ()


class Kind(Protocol):
    """A kind of cell. Never raises on a cell, however odd."""

    blank: Any
    """The value of an empty cell."""
    beside: ClassVar[tuple[str, ...]]
    """Keys of the only other cells of the line that a reading may depend on."""

    def read(self, cell: Cell, row: Row) -> Reading:
        """`row` holds the raw cells of the same line, for kinds that need a neighbour (a phone and its postcode)."""
        ...


FORMULA_ERROR = re.compile(
    r"#(REF|N/A|NAME|VALUE|DIV/0|NUM|NULL|ERROR|SPILL|CALC|FIELD|BUSY|GETTING_DATA"
    r"|NOM|VALEUR|NOMBRE|NUL|PROPAGATION|CHAMP) ?[!?]?|Err ?: ?\d{3}|(Loading|Chargement) ?(\.\.\.|…)"
)
"""A cell computed by a formula that failed or is not done, e.g. `#REF!`, `#N/A`, `Loading...`, `#NOM?` (French Excel)."""

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200e\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\u3164\ufeff\uffa0\ufff9-\ufffc\ufffe\uffff\ufdd0-\ufdef\ud800-\udfff]"
    "|[" + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF)) + "]"
    "|(?<![\u0900-\u0dff\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d"
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+"
)
"""Signs nobody sees that break names, XML or reading order. U+200D stays between emoji and in the scripts of India, and tags in flags."""


def is_formula_error(cell: Cell) -> bool:
    """True for what a broken or unfinished formula leaves in a cell."""
    return isinstance(cell, str) and FORMULA_ERROR.fullmatch(cell.strip()) is not None


def is_blank(cell: Cell) -> bool:
    """True for an empty cell, and for the `null` that exports write in one."""
    if not isinstance(cell, str):
        return False
    text = as_text(cell).strip()
    return not text or (len(text) <= 6 and fold(text) in ("", "null", "<null>", "<nul>"))


_NOTHING = re.compile(
    r"[^\w#@+]+|[xo0]|n\W?[ac]\W?|neant|rien|ras|sans( objet)?|non( concernee?)?|aucune?( \w+)?|no(ne)?|vide|0+"
    r"|(je n'ai )?pas (d'|de |encore|pour le moment).*|(encore )?en (cours|construction|creation|projet)\b.*|(a venir|bientot)\W*"
)
"""A folded text that says there is nothing to give, e.g. `-`, `/`, `neant`, `pas de site`, `en cours`."""


def says_nothing(text: str) -> bool:
    """True where a person answers a question for an address or a number with «-», «néant», «pas de site», «en cours»."""
    return len(text) < 80 and _NOTHING.fullmatch(fold(text)) is not None


def as_text(cell: Cell) -> str:
    """The cell as a person reads it: `49000.0` is `49000`, a tick is `VRAI`; controls and invisible signs are gone.

    Line breaks are `\\n`. Spaces (no-break ones included) are kept as typed.
    """
    if isinstance(cell, bool):
        return "VRAI" if cell else "FAUX"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e16:
        cell = int(cell)
    if isinstance(cell, str) and cell.isascii() and cell.isprintable():
        return cell
    text = re.sub("\r\n|[\r\x0b\x85\u2028\u2029]", "\n", str(cell))
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def as_line(cell: Cell) -> str:
    """The cell on one line: every run of spaces, tabs and line breaks is one space."""
    return " ".join(as_text(cell).split())


def shown(cell: Cell, limit: int = 60) -> str:
    """The cell as quoted in a message to a volunteer: one line, cut at `limit` characters."""
    text = as_line(cell)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def cut(text: str, limit: int) -> str:
    """The text in at most `limit` characters: a longer one ends at a word, with «…»."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    at_word = re.match(r"(?s)(.*\S)\s", head)
    return (at_word[1] if at_word and len(at_word[1]) > limit // 2 else head[: limit - 1]) + "…"


_FIRST_COMBINING = "\u0300"
"""Below it no sign stands on another, and most letters are below."""


def fold(text: str) -> str:
    """Text without case, accents, ligatures, typographic apostrophes or doubled spaces, e.g. `L’Œuf ` → `l'oeuf`."""
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    text = _INVISIBLE.sub("", text).casefold()
    for sign, plain in (("œ", "oe"), ("æ", "ae"), ("ø", "o"), ("ł", "l"), ("’", "'"), ("‘", "'"), ("ʼ", "'")):
        text = text.replace(sign, plain)
    letters = unicodedata.normalize("NFKD", text)
    return " ".join("".join([sign for sign in letters if sign < _FIRST_COMBINING or not unicodedata.combining(sign)]).split())


def slugify(text: str) -> str:
    """The text as a part of an address: ASCII, lower case, hyphens, e.g. `Nature & Progrès` → `nature-progres`."""
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")


FORMULA_FAULT = N_("une formule en erreur : corrigez-la ou écrivez la valeur")


class Filled(ABC):
    """A kind whose blanks and broken formulas are dealt with here, so that `typed` only meets cells that hold something."""

    blank: Any = ""
    beside: ClassVar[tuple[str, ...]] = ()

    def read(self, cell: Cell, row: Row) -> Reading:
        if is_formula_error(cell):
            return self.unusable(cell, _(FORMULA_FAULT))
        return Reading(self.blank) if is_blank(cell) else self.typed(cell, row)

    @abstractmethod
    def typed(self, cell: Cell, row: Row) -> Reading:
        """The reading of a cell that is neither blank nor a broken formula."""

    def unusable(self, cell: Cell, expected: str) -> Reading:
        """The reading of a cell that is left out."""
        return Reading(self.blank, (Fault(shown(cell), expected),))
