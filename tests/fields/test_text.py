"""Words are shown as they were typed."""

import pytest

from fields.text import Color, Line, Lines, Markdown


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("Nan", "Nan"),
        ("3e5", "3e5"),
        (1884, "1884"),
        (1884.0, "1884"),
        ('=HYPERLINK("https://exemple.example";"Cliquez")', '=HYPERLINK("https://exemple.example";"Cliquez")'),
        ("=^.^= Le Chat Pâtissier", "=^.^= Le Chat Pâtissier"),
        ("Chez $ara :smile: <b>", "Chez $ara :smile: <b>"),
        ("LA FERME  D’EN FACE\n", "LA FERME D’EN FACE"),
        ("Foire\u000b d'automne & 🍂", "Foire d'automne & 🍂"),
        ("Bou\u200blangerie \u202eervèihc\u202c", "Boulangerie ervèihc"),
    ],
)
def test_a_name_is_kept_letter_for_letter_on_one_line(cell, shown):
    reading = Line(120).read(cell, {})
    assert (shown, ()) == (reading.value, reading.faults)


def test_paragraphs_keep_their_breaks_and_one_blank_line():
    assert "  - pain\n- œufs\n\nMerci".strip() == Lines(1000).read("\n  - pain  \r\n- œufs\r\n \r\n\r\n\r\nMerci \n", {}).value


def test_markdown_keeps_hard_breaks_code_and_blank_lines():
    text = "    code\n\n\n\nligne  \nsuite"
    assert text == Markdown(1000).read(f"\n \n{text}\n\n", {}).value


@pytest.mark.parametrize("kind", [Line(120), Lines(120), Markdown(120)])
def test_a_text_too_long_is_cut_and_told(kind):
    reading = kind.read("mot " * 10_000, {})
    assert len(reading.value) <= 120
    assert reading.value.endswith("mot…")
    assert ["120 caractères" in fault.expected for fault in reading.faults] == [True]


@pytest.mark.parametrize("cell", ["#2e7d32", "2e7d32", " #2E7D32 "])
def test_a_colour_may_lack_its_sign_or_be_in_capitals(cell):
    assert Color().read(cell, {}).value == "#2e7d32"


def test_three_digits_of_a_colour_are_six():
    assert Color().read("#2E7", {}).value == "#22ee77"


@pytest.mark.parametrize("cell", ["vert", "#2e7d3", "rgb(1,2,3)", "#2e7d32;background:url(x)", True, 12])
def test_what_is_no_colour_is_a_fault(cell):
    reading = Color().read(cell, {})
    assert reading.value == ""
    assert "#2e7d32" in reading.faults[0].expected
