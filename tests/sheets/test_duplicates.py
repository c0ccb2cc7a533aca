"""One shop sent twice is said, never decided."""

from dataclasses import replace

import pytest

from sheets.duplicates import Likeness, duplicates
from sheets.problems import Problem
from sheets.rows import Submission
from tests.sheets.submissions import row


def said(*rows: Submission) -> dict[int, Problem]:
    return duplicates([replace(each, row=at) for at, each in enumerate(rows, start=2)])


def test_one_shop_sent_twice_is_said_on_both_lines_and_its_branch_is_not() -> None:
    """Case duplicate-shop-o."""
    remarks = said(
        row("Le Fournil d'Essai", telephone="02 61 91 00 42"),
        row("LE FOURNIL D’ESSAI", telephone="+33 2 61 91 00 42"),
        row("Le Fournil d'Essai", telephone="02 61 91 00 99", commune="Saumur"),
    )
    assert {2, 3} == remarks.keys()
    assert "doublon possible : ressemble à la ligne 3" in str(remarks[2])
    assert "doublon possible : ressemble à la ligne 2" in str(remarks[3])
    assert not remarks[2].blocking


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"telephone": "02.61.91.00.42"}, {"telephone": "0033 2 61 91 00 42"}),
        ({"telephone": "02 61 91 00 42 / 06 39 98 00 01"}, {"telephone": "06 39 98 00 01", "commune": "Saumur"}),
        ({"site": "https://www.exemple.example/lices/"}, {"site": "http://exemple.example/lices?utm_source=x#haut"}),
        ({"name": "L'Œuf"}, {"name": "l’oeuf ", "commune": "ANGERS"}),
    ],
)
def test_a_shared_phone_site_or_name_is_a_likely_duplicate(one: dict, other: dict) -> None:
    assert {2, 3} == said(row(**{"name": "Un"} | one), row(**{"name": "Deux"} | other)).keys()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"telephone": "voir site"}, {"telephone": "voir site"}),
        ({"telephone": ""}, {"telephone": ""}),
        ({"site": "https://exemple.example/a"}, {"site": "https://exemple.example/b"}),
        ({"site": "https://exemple.example"}, {"site": "https://exemple.example", "commune": "Saumur"}),
        ({"site": "https://[::1"}, {"site": "https://[::1"}),
        ({"name": "", "content": False}, {"name": "", "content": False}),
    ],
)
def test_what_proves_nothing_is_not_said(one: dict, other: dict) -> None:
    assert said(row(**{"name": "Un"} | one), row(**{"name": "Deux"} | other)) == {}


def test_rows_that_are_not_online_are_compared_too() -> None:
    assert {2, 3} == said(row(tick=False), row(content=False)).keys()


def test_a_remark_names_a_few_lines_however_many_there_are() -> None:
    remark = said(*(row() for _ in range(40)))[10].expected
    assert "lignes 2, 3, 4, 5, 6…" in remark


@pytest.mark.slow
def test_ten_thousand_rows_of_one_phone_each_have_a_remark() -> None:
    rows = [replace(row(f"Commerce {at % 100}", telephone="02 61 91 00 42"), row=at) for at in range(10_000)]
    assert len(duplicates(rows)) == 10_000


def test_what_was_worked_out_for_a_line_goes_with_it() -> None:
    """The next pass says the same of those that stay, and remembers nothing of a line that was deleted."""
    likeness = Likeness()
    lines = [replace(row("Le Four", telephone="02 61 91 00 42"), row=at) for at in (2, 3)] + [replace(row("Le Moulin"), row=4)]
    first = duplicates(lines, likeness=likeness)
    assert duplicates(lines, likeness=likeness) == first == duplicates(lines)
    assert duplicates(lines[2:], likeness=likeness) == {}
    assert [submission.values["nom"] for submission, _ in likeness._known.values()] == ["Le Moulin"]
