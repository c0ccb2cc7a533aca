"""Tabs as rows of cells by column key: which tab is which, where its header is, what each column is called."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fields import Cell
from fields.cell import as_text, shown
from fields.tick import Consent
from schema import LINK_HEADER, Column, Tab, header_key
from sheets.problems import HeaderMissing, Problem, TabMissing

LOOK_FOR_HEADER = 10
"""Lines looked at, from the top, to say where a header that left line 1 went."""

Values = Sequence[Sequence[Cell]]
"""One tab as Google gives it: header first, rows ragged, trailing blanks left out."""


def find(tab: Tab, titles: Iterable[str], named: str | None = None) -> str | None:
    """The title under which the spreadsheet keeps this tab; `named` is the settings' own word for it."""
    known = list(titles)
    if named:
        return next((title for title in known if header_key(title) == header_key(named)), None)
    wanted = [header_key(name) for name in (tab.name, *tab.aliases)]
    by_key = {header_key(title): title for title in reversed(known)}
    return next((by_key[key] for key in wanted if key in by_key), None)


def missing(tab: Tab, titles: Iterable[str], named: str | None = None) -> TabMissing:
    found = ", ".join(f"«{title}»" for title in titles) or "aucun"
    return TabMissing(
        f"L'onglet «{named or tab.name}» n'est pas dans la feuille (onglets trouvés : {found}). "
        "Rendez-lui son nom, ou écrivez le nouveau dans [sheet] responses_tab."
    )


@dataclass(frozen=True)
class Line:
    """One line of a tab: its number in the sheet (header is 1) and its known cells by column key."""

    row: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Header:
    """Where each known column stands. A doubled header keeps all its places, left to right."""

    title: str
    places: Mapping[str, tuple[int, ...]]
    problems: tuple[Problem, ...]

    def lines(self, values: Values) -> Iterator[Line]:
        """Every line below the header that says something in a known column. Ragged rows are padded."""
        for number, cells in enumerate(values[1:], start=2):
            if line := self.line(number, cells):
                yield line

    def line(self, number: int, cells: Sequence[Cell]) -> Line | None:
        """None where it says nothing."""
        known = {
            key: _one(key, [cells[place] for place in places if place < len(cells)]) for key, places in self.places.items()
        }
        return Line(number, known) if any(cell not in ("", False) for cell in known.values()) else None


def header(title: str, values: Values, columns: Sequence[Column], needed: Sequence[str]) -> Header:
    """Reads line 1. `needed` are the keys without which the tab makes no sense.

    Raises HeaderMissing, saying on which line the header went if it is near.
    """
    places = _places(values[0] if values else (), columns)
    lost = [column for column in columns if column.key in needed and column.key not in places]
    if lost:
        raise HeaderMissing(_lost(title, values, columns, lost))
    problems = [
        Problem(title, 1, column.header, " et ".join(letter(place) for place in places[column.key]),
                "cet en-tête est là plusieurs fois : gardez une seule colonne ; en attendant, la première case remplie compte")
        for column in columns
        if len(places.get(column.key, ())) > 1
    ]  # fmt: skip
    problems += [
        Problem(title, 1, column.header, "", "cet en-tête manque : ajoutez la colonne, ou rendez-lui son nom")
        for column in columns
        if column.required and column.key not in places and not isinstance(column.kind, Consent)
    ]
    known = _known(columns)
    problems += [
        Problem(
            title, 1, shown(cell), letter(place), "aucune question ne porte ce nom : la colonne est ignorée et reste privée"
        )
        for place, cell in enumerate(values[0] if values else ())
        if header_key(as_text(cell)) not in known
    ]
    return Header(title, places, tuple(problems))


def _known(columns: Sequence[Column]) -> frozenset[str]:
    """The headers that need no remark: ours, and none at all."""
    return frozenset(("", header_key(LINK_HEADER))).union(*(column.header_keys for column in columns))


class LineLink(int):
    """A line of another tab: a number to read, and a link to follow where the sheet takes one."""


def letter(place: int) -> str:
    """A column's name in a spreadsheet, e.g. 0 → `A`, 27 → `AB`."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def _places(cells: Sequence[Cell], columns: Sequence[Column]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    by_header = {key: column.key for column in reversed(columns) for key in column.header_keys}
    for place, cell in enumerate(cells):
        key = by_header.get(header_key(as_text(cell)))
        if key is not None:
            found.setdefault(key, []).append(place)
    return {key: tuple(places) for key, places in found.items()}


def _lost(title: str, values: Values, columns: Sequence[Column], lost: Sequence[Column]) -> str:
    names = ", ".join(f"«{column.header}»" for column in lost)
    wanted = {column.key for column in lost}
    for number, cells in enumerate(values[1:LOOK_FOR_HEADER], start=2):
        if wanted <= _places(cells, columns).keys():
            return (
                f"Onglet «{title}» : la ligne 1 doit porter les en-têtes, et {names} n'y sont pas ; "
                f"ils sont à la ligne {number}. Supprimez ce qui est au-dessus."
            )
    first = shown(values[0][0], 40) if values and values[0] else "rien"
    return f"Onglet «{title}» : {names} manque en ligne 1 (qui commence par «{first}»). Remettez la ligne d'en-têtes."


def _one(key: str, cells: Sequence[Cell]) -> Cell:
    """One cell of a doubled column: the first that is filled. A tick or consent must be in every filled one."""
    filled = [cell for cell in cells if cell != ""]
    if not filled:
        return ""
    if len(filled) > 1 and key in ("approved", "consentement", "publie"):
        return filled[0] if all(filled) and len({str(cell) for cell in filled}) == 1 else False
    return filled[0]
