"""Whatever colour a team chooses, what is written in it or on it can be read."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import colours

channels = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#2e7d32", "#2e7d32", 1)]
)
def test_contrast_is_that_of_wcag(one, other, ratio):
    assert colours.contrast(one, other) == pytest.approx(ratio, abs=0.01) == colours.contrast(other, one)


@given(channels)
def test_any_colour_becomes_readable_on_either_background(color):
    for background in (colours.LIGHT, colours.DARK):
        assert colours.contrast(colours.readable(color, background), background) >= 4.5


@given(channels)
def test_text_on_the_colour_is_white_or_black_whichever_is_read_better(color):
    on = colours.style(color).split("--sur-couleur:")[1][:7]
    assert colours.contrast(on, color) >= 4.5
    assert on in ("#ffffff", "#000000")


def test_a_colour_that_can_be_read_stays_itself():
    assert colours.readable("#2e7d32", colours.LIGHT) == "#2e7d32"


def test_the_backgrounds_are_those_of_the_style_sheet():
    """The sheet's greyest background of each theme is the one counted with."""
    sheet = Path(colours.__file__).with_name("style.css").read_text(encoding="utf-8")
    assert [colours.LIGHT, colours.DARK] == re.findall(r"--doux:(#\w{6})", sheet)
