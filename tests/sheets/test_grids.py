"""A workbook read again: what it says, and what stayed as it was."""

import io
import re
import zipfile
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula

from sheets.grids import Reading, read
from sheets.package import NotReadable, Package
from tests.tries import tries

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
INLINE = re.compile(r't="inlineStr"><is>(.*?)</is>')
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-9, 9),
    st.sampled_from(["Four", "Huche", "=1/0", "é<&", "2026-11-24"]),
    st.datetimes(datetime(1950, 1, 1), datetime(2050, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
)
LINES = st.lists(st.lists(CELLS, max_size=4), min_size=1, max_size=8)


def saved(*tabs):
    """As an office suite writes it: the texts of all tabs in a list of their own."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for number, lines in enumerate(tabs):
        sheet = workbook.create_sheet(f"onglet {number}")
        for line, cells in enumerate(lines, start=1):
            for column, cell in enumerate(cells, start=1):
                if cell is not None:
                    sheet.cell(line, column, cell)
    written, sink, texts = io.BytesIO(), io.BytesIO(), {}
    workbook.save(written)
    with zipfile.ZipFile(written) as before, zipfile.ZipFile(sink, "w") as after:
        for name in before.namelist():
            part = before.read(name).decode()
            if name.startswith("xl/worksheets/"):
                part = INLINE.sub(lambda cell: f't="s"><v>{texts.setdefault(cell[1], len(texts))}</v>', part)
            elif name == "xl/_rels/workbook.xml.rels":
                part = part.replace(
                    "</Rel", f'<Relationship Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml" Id="texts"/></Rel'
                )
            after.writestr(name, part)
        items = "".join(f"<si>{text}</si>" for text in texts)
        after.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{items}</sst>')
    return sink.getvalue()


def with_part(content, name, change):
    """The workbook with another text for one of its parts."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(sink, "w") as after:
        for item in before.namelist():
            after.writestr(item, change(before.read(item).decode()) if item == name else before.read(item))
    return sink.getvalue()


@given(LINES, LINES, LINES)
@tries(150)
def test_a_workbook_read_again_says_what_it_says_read_for_the_first_time(first, second, third):
    before = Reading()
    for content in (saved(first, second), saved(third, second), saved(third, first, second), saved(first)):
        before = read(content, before)
        assert {title: [list(map(repr, line)) for line in grid] for title, grid in before.items()} == {
            title: [list(map(repr, line)) for line in grid] for title, grid in read(content).items()
        }


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=6, max_size=9),
    st.dictionaries(st.tuples(st.integers(1, 11), st.integers(0, 5)), st.sampled_from(["", "Four", True, 0, 4.5, 46328.5]), max_size=4),
)  # fmt: skip
@tries(150)
def test_cells_set_by_us_are_read_again_as_another_would(lines, cells):
    content = saved(lines)
    before = read(content)
    package = Package(content)
    package.set_cells("onglet 0", cells)
    after = read(package.content(), before)
    assert [list(map(repr, line)) for line in after["onglet 0"]] == [
        list(map(repr, line)) for line in read(package.content())["onglet 0"]
    ]
    touched = {line for line, _ in cells}
    kept = [line for line in range(1, len(lines) + 1) if line not in touched and line <= len(after["onglet 0"])]
    assert all(after["onglet 0"][line - 1] is before["onglet 0"][line - 1] for line in kept if before["onglet 0"][line - 1 :])


def test_only_the_lines_that_changed_are_given_to_the_reader(monkeypatch):
    lines = [["Nom", "approved"], *([f"Commerce {number}", True] for number in range(50))]
    before = read(saved(lines, [["titre"]]))
    lines[30][1] = False
    given = []
    whole = Package.excerpt
    monkeypatch.setattr(
        Package, "excerpt", lambda package, title, sheet: given.append((title, sheet)) or whole(package, title, sheet)
    )
    after = read(saved(lines, [["titre"]]), before)
    ((title, sheet),) = given
    assert (title, sheet.count(b"<row")) == ("onglet 0", 1)
    assert after["onglet 0"][30] == ["Commerce 29", False]
    assert [at for at, line in enumerate(after["onglet 0"]) if line is not before["onglet 0"][at]] == [30]
    assert after["onglet 1"] is before["onglet 1"]


@pytest.mark.parametrize(
    ("part", "was", "becomes", "says"),
    [
        ("xl/sharedStrings.xml", "Four", "Huche", [["Huche", 46350]]),
        ("xl/styles.xml", 'numFmtId="164"', 'numFmtId="0"', [["Four", 46350]]),
        ("xl/workbook.xml", "<workbookPr/>", '<workbookPr date1904="1"/>', [["Four", 46350 + 1462]]),
    ],
)
def test_lines_that_stay_are_read_again_where_what_they_refer_to_changed(part, was, becomes, says):
    content = saved([["Four", datetime(2026, 11, 24)]])
    changed = with_part(content, part, lambda text: text.replace(was, becomes))
    assert read(changed, read(content))["onglet 0"] == read(changed)["onglet 0"] == says


def test_a_formula_in_error_is_told_on_a_line_that_is_read_again():
    content = with_part(
        saved([["Nom"], *([f"Commerce {number}"] for number in range(9))]),
        "xl/worksheets/sheet1.xml",
        lambda text: text.replace('<row r="5">', '<row r="5"><c r="B5" t="e"><f>1/0</f><v>#DIV/0!</v></c>', 1),
    )
    before = saved([["Nom"], *([f"Commerce {number}"] for number in range(9))])
    assert read(content, read(before))["onglet 0"] == read(content)["onglet 0"]
    assert read(content, read(before))["onglet 0"][4][1] == "#DIV/0!"


def test_a_line_written_twice_or_without_its_number_is_read_with_all_others():
    content = saved([["Four"], ["Huche"], ["Pétrin"]])
    for was, becomes in (('<row r="2"', "<row"), ('<row r="3"', '<row r="2"')):
        odd = with_part(content, "xl/worksheets/sheet1.xml", lambda text, was=was, becomes=becomes: text.replace(was, becomes))
        assert read(odd, read(content))["onglet 0"] == read(odd)["onglet 0"]
        assert read(content, read(odd))["onglet 0"] == read(content)["onglet 0"]


def test_a_half_saved_workbook_is_no_better_for_one_read_before():
    content = saved([["Four"], ["Huche"]])
    with pytest.raises(NotReadable):
        read(content[: len(content) // 2], read(content))


def test_an_array_formula_and_its_last_value_stay_together():
    workbook = openpyxl.Workbook()
    workbook.active["A1"] = ArrayFormula("A1:A2", "=B1:B2")
    sink = io.BytesIO()
    workbook.save(sink)
    assert read(sink.getvalue(), read(sink.getvalue())) == read(sink.getvalue())
