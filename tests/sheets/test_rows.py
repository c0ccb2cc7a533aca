"""Lines read together: what one line says is never taken for what another says."""

from typing import Any

import pytest

import schema
from fields import Cell
from fields.cell import Filled, Reading
from sheets import rows
from sheets.rows import Reader

TITLE = schema.RESPONSES.name


def read_together(key: str, lines: list[dict[str, Cell]]) -> list[Any]:
    """The values of one column, of these lines in one tab."""
    headers = {column.header: column.key for column in schema.FICHE}
    table = [[*headers], *([{"nom": "Chez Zoé", **line}.get(name, "") for name in headers.values()] for line in lines)]
    return [submission.values[key] for submission in Reader().read(TITLE, table)[0]]


def test_a_number_and_a_tick_are_not_taken_for_each_other() -> None:
    """Python holds True, 1 and 1.0 for equal; a sheet does not."""
    cells: list[Cell] = [True, 1, 1.0, "1", False, 0]
    for key in ("nom", "produits", "approved", "siret"):
        alone = [read_together(key, [{key: cell, "description": "pain"}]) for cell in cells]
        assert read_together(key, [{key: cell, "description": "pain"} for cell in cells]) == [value for (value,) in alone]


def test_a_tick_that_takes_a_number_s_place_is_read_and_so_is_a_column_that_moved() -> None:
    """The next pass remembers lines by their cells, and by the columns these stood in."""
    reader = Reader()
    headers = [column.header for column in schema.FICHE if column.key in ("nom", "produits")]

    def products(header: list[Cell], *lines: list[Cell]) -> list[Any]:
        return [submission.values["produits"] for submission in reader.read(TITLE, [header, *lines], needed=())[0]]

    assert products(headers, ["Zoé", 1], ["Zoé", "pain"]) == ["1", "pain"]
    assert products(headers, ["Zoé", True], ["Zoé", 1.0], ["Zoé", "pain"]) == ["VRAI", "1", "pain"]
    assert products(headers[::-1], ["Zoé", "pain"]) == ["Zoé"]


def test_a_cell_that_depends_on_its_neighbour_is_read_with_it() -> None:
    """One number is dialled otherwise in Mayotte than in Anjou; a postcode's lost zero hangs on its commune."""
    lines: list[dict[str, Cell]] = [
        {"telephone": "42 12 34", "code_postal": code, "commune": commune}
        for code, commune in (("49000", "Angers"), ("98713", "Papeete"), ("97500", "Saint-Pierre"), (1000, "Bourg-en-Bresse"), (1000, "Angers"))
    ]  # fmt: skip
    for key in ("telephone", "code_postal"):
        assert read_together(key, lines) == [read_together(key, [line])[0] for line in lines]


def test_every_kind_names_the_cells_it_looks_at_beside_its_own() -> None:
    """A kind that looks at another cell without saying so would be answered with another line's reading."""

    class Watched(dict[str, Cell]):
        seen: set[str]

        def get(self, key: str, default: Any = None) -> Any:
            self.seen.add(key)
            return super().get(key, default)

        def __getitem__(self, key: str) -> Cell:
            self.seen.add(key)
            return super().__getitem__(key)

    for column in (*schema.FICHE, *schema.MAG):
        for cell in ("1000", "06 39 98 12 34", "mot", 1000.0, "https://exemple.example/x", "#REF!", True):
            row = Watched()
            row.seen = set()
            reading = column.kind.read(cell, row)
            assert isinstance(reading, Reading)
            assert row.seen <= {*column.kind.beside}, column.key
    assert Filled.beside == ()


def test_a_line_that_stays_is_the_same_submission_and_one_that_moves_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passes tell by it what they need not do again. What no line says any more is forgotten."""
    reader = Reader()
    header: list[Cell] = [column.header for column in schema.FICHE if column.key in ("nom", "produits", "approved")]
    said: list[list[Cell]] = [["Zoé", "pain", True], ["Anne", "miel", False], ["", "", True], ["Bruno", "bois", True]]
    first, problems = reader.read(TITLE, [header, *said], needed=())
    assert [4] == [problem.row for problem in problems if problem.row > 1]
    again, same_problems = reader.read(TITLE, [header, *map(list, said)], needed=())
    assert (list(map(id, again)), same_problems) == (list(map(id, first)), problems)
    monkeypatch.setattr(rows, "_read", None)  # would raise
    moved, _ = reader.read(TITLE, [header, said[3], said[0]], needed=())
    assert [(2, "Bruno"), (3, "Zoé")] == [(each.row, each.values["nom"]) for each in moved]
    assert {raw[0] for raw in reader._known} == {tuple(said[0]), tuple(said[3])}


def test_what_is_to_be_mended_names_the_tab_as_it_is_called_now() -> None:
    reader, header = Reader(), [column.header for column in schema.FICHE if column.key in ("nom", "code_postal")]
    for title in ("Réponses", "Réponses de 2027"):
        ((submission,), _) = reader.read(title, [header, ["Zoé", 4900]], needed=())
        assert {title} == {problem.tab for problem in submission.problems}
