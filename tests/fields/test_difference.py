"""What differs between two texts, short enough for a cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fields.difference import difference
from tests.tries import tries

WORDS = st.lists(st.sampled_from(["pain", "miel", "9h-12h", "samedi", ",", "é"]), max_size=40).map(" ".join)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("9h-12h", "9h-13h", "9h-12h → 9h-13h"),
        ("", "AOP", "rien → AOP"),
        ("AOP", "", "AOP → rien"),
        ("a b", "a b", "a b → a b"),
    ],
)
def test_short_texts_are_told_whole(before: str, after: str, told: str) -> None:
    assert told == str(difference(before, after))


def test_whole_words_differ() -> None:
    assert difference("mardi 9h-12h", "mardi 9h-13h") == ("mardi 9h-", "12h", "13h", "")


def test_long_texts_are_cut_around_what_differs() -> None:
    told = str(difference("un mot " * 80 + "blanc" + " la suite" * 80, "un mot " * 80 + "noir" + " la suite" * 80))
    assert "un mot blanc la suite" in told
    assert "un mot noir la suite" in told
    assert len(told) < 160


@tries(60)
@given(WORDS | st.text(max_size=80), WORDS | st.text(max_size=80))
def test_uncut_it_is_both_texts_and_cut_it_is_bounded(before: str, after: str) -> None:
    start, gone, come, end = difference(before, after, 10_000)
    assert (start + gone + end, start + come + end) == (before, after)
    assert all(len(part) <= 60 for part in difference(before, after, 60)) or max(len(before), len(after)) <= 60
