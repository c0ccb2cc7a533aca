"""What every kind of cell has in common: blanks, broken formulas, and never an exception."""

import csv
import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import schema
from fields.cell import Cell, Reading, as_line, as_text, cut, fold, is_blank, is_formula_error, says_nothing, slugify
from tests.tries import tries

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
KINDS = [
    *((f"fiche.{column.key}", column.kind) for column in schema.FICHE),
    *((f"mag.{column.key}", column.kind) for column in schema.MAG),
    *((f"reglages.{setting.name}", setting.metadata["kind"]) for setting in fields(schema.Site)),
]
OF_EVERY_KIND = pytest.mark.parametrize("kind", [kind for _, kind in KINDS], ids=[name for name, _ in KINDS])
SNIPPETS = [
    "https://",
    "www.",
    "@",
    "javascript:",
    "(0)",
    "+33",
    "02 61 91 00 42",
    "lundi",
    "9h-12h",
    ", ",
    "\n",
    "1er août",
    "#REF!",
    "oui",
    "٣",
    "²",
]
CELLS = st.one_of(
    st.text(max_size=60),
    st.lists(st.sampled_from(SNIPPETS) | st.text(max_size=4), max_size=8).map("".join),
    st.floats(),
    st.integers(-(10**18), 10**18),
    st.booleans(),
)


@tries(400)
@given(cell=CELLS, code_postal=CELLS)
@example("x" * 40_000, "49100")
@example("0 " * 20_000, 97400.0)
@example("a, " * 13_000, "")
@example("http://" * 5_700, "")
@example("\ud800", "\ud800")
@example(float("nan"), float("inf"))
def test_no_cell_makes_a_kind_raise(cell: Cell, code_postal: Cell):
    for name, kind in KINDS:
        reading = kind.read(cell, {"code_postal": code_postal, "commune": cell, name.partition(".")[2]: cell})
        assert isinstance(reading, Reading), name
        assert all(fault.expected for fault in reading.faults), name


@OF_EVERY_KIND
@pytest.mark.parametrize("cell", ["", "  ", "\u200b", "\u00a0\n", "null", "<Nul>"])
def test_a_blank_is_the_kinds_blank_and_no_fault(kind, cell):
    assert Reading(kind.blank) == kind.read(cell, {})


@OF_EVERY_KIND
@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "#NAME?", "Loading...", "#NOM?"])
def test_a_broken_formula_is_a_blank_with_a_fault(kind, cell):
    if type(kind).__module__ in ("fields.place", "fields.hours"):
        pytest.skip("told beside these kinds' own rules")
    reading = kind.read(cell, {})
    assert kind.blank == reading.value
    assert ["formule" in fault.expected for fault in reading.faults] == [True]


def real_cells() -> Iterator[tuple[schema.Column, Cell]]:
    answers = SHARED / "data" / "google" / "batchGet.unformatted.json"
    for table in json.loads(answers.read_text(encoding="utf-8"))["valueRanges"][:1]:
        header, *lines = table["values"]
        yield from _columns(header, lines)
    for file in (SHARED / "data" / "fiches").glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as opened:
            header, *lines = csv.reader(opened)
        yield from _columns(header, lines)


def _columns(header, lines):
    for at, title in enumerate(header):
        column = next((column for column in schema.FICHE if column.answers_to(title)), None)
        if column:
            yield from ((column, line[at]) for line in lines if at < len(line))


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the real inputs are not beside this checkout")
def test_the_value_of_a_real_cell_reads_as_itself():
    """What the site shows, typed back into the sheet, changes nothing."""
    same = ("fields.text", "fields.choice", "fields.link", "fields.phone", "fields.person")
    for column, cell in {(column.key, cell): (column, cell) for column, cell in real_cells()}.values():
        value = column.kind.read(cell, {}).value
        if type(column.kind).__module__ in same and isinstance(value, str):
            assert value == column.kind.read(value, {}).value, (column.key, cell)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (49000.0, "49000"),
        (1884, "1884"),
        (True, "VRAI"),
        (47.5, "47.5"),
        ("a\r\nb\u2028c", "a\nb\nc"),
        ("Bou\u200blangerie \u202eerv\u202c", "Boulangerie erv"),
    ],
)
def test_a_cell_reads_as_a_person_reads_it(cell, text):
    assert text == as_text(cell)


def test_a_cook_stays_one_sign():
    assert "👨‍🍳" in as_text("Le chef 👨‍🍳 vous attend\ufeff")


def test_a_line_holds_no_break():
    assert as_line(" a\n\tb\u00a0 c ") == "a b c"


@pytest.mark.parametrize("cell", ["#REF!", " #N/A ", "#VALUE!", "Loading...", "Err:502", "#VALEUR!"])
def test_broken_formulas_are_known(cell):
    assert is_formula_error(cell)


@pytest.mark.parametrize("cell", ["# notre adresse", "#jaimelepain", "Loading dock", "", 12, True])
def test_words_are_no_broken_formula(cell):
    assert not is_formula_error(cell)


@pytest.mark.parametrize(
    "text", ["-", "/", "néant", "NÉANT", "pas de site", "Aucun", "n/a", "en cours", "sans", "Pas encore", "à venir", "…"]
)
def test_a_shrug_says_nothing(text):
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["Nan", "sans-gluten.example", "02 61 91 00 42", "Le Fournil", "@nono", "pasdesite.example"])
def test_an_answer_says_something(text):
    assert not says_nothing(text)


def test_a_long_text_is_cut_at_a_word():
    assert cut("du pain et des brioches", 14) == "du pain et…"
    assert cut("x" * 50, 10) == "x" * 9 + "…"


@given(text=st.text(max_size=80), limit=st.integers(2, 40))
def test_a_cut_text_is_never_longer_than_its_limit(text, limit):
    assert len(cut(text, limit)) <= limit


def test_folding_takes_case_accents_and_ligatures_away():
    assert fold("L’Œuf ") == "l'oeuf"
    assert slugify("Nature & Progrès") == "nature-progres"


def test_null_is_blank_only_as_a_word_by_itself():
    assert is_blank("null")
    assert not is_blank("Nulle part ailleurs")
