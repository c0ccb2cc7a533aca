"""Workbook files: what is written can be read back, and what is not touched stays."""

import io
import json
import re
import string
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from fields.cell import as_text
from sheets.grids import read
from sheets.package import NotReadable, Package
from sheets.xlsx import create
from tests.tries import tries

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


def saved(workbook):
    sink = io.BytesIO()
    workbook.save(sink)
    return sink.getvalue()


def changed(content, title, cells, formats=()):
    package = Package(content)
    package.set_cells(title, cells, formats)
    return package.content()


@pytest.fixture
def made(tmp_path):
    path = tmp_path / "feuille.xlsx"
    create(
        path,
        {
            "Réponses": [["Horodateur", "Nom", "approved"], [46328.5, "=1+1", True], [46329.25, "01000", False]],
            "Mag": [["titre"]],
        },
    )
    return path


def test_workbook_reads_as_google_answers():
    """The same 40 submissions as an .xlsx and as Google's answer are the same cells."""
    if not (SHARED / "data/google/feuille-40.xlsx").exists():
        pytest.skip("shared/data/google is not beside this checkout")
    answer = json.loads((SHARED / "data/google/batchGet.unformatted.json").read_text(encoding="utf-8"))
    no_controls = [
        [
            [re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", cell) if isinstance(cell, str) else cell for cell in row]
            for row in tab["values"]
        ]
        for tab in answer["valueRanges"]
    ]
    assert list(read((SHARED / "data/google/feuille-40.xlsx").read_bytes()).values()) == no_controls


def test_text_that_begins_with_an_equals_sign_is_stored_as_text(made):
    sheet = openpyxl.load_workbook(made)["Réponses"]
    assert [(sheet[at].value, "s" if sheet[at].data_type in ("s", "inlineStr") else "f") for at in ("B2", "B3")] == [
        ("=1+1", "s"),
        ("01000", "s"),
    ]
    assert sheet["B2"].quotePrefix
    assert b"<f" not in zipfile.ZipFile(made).read("xl/worksheets/sheet1.xml")


def test_created_sheet_has_its_header_in_bold_and_its_dates_as_dates(made):
    sheet = openpyxl.load_workbook(made)["Réponses"]
    assert sheet["A1"].font.b
    assert sheet.freeze_panes == "A2"
    assert sheet["A2"].number_format == "dd/mm/yyyy hh:mm:ss"
    assert sheet["C2"].value is True


def test_a_new_line_looks_like_the_one_above(made):
    sheet = openpyxl.load_workbook(io.BytesIO(changed(made.read_bytes(), "Réponses", {(4, 0): 46330.5, (4, 1): "Café"})))[
        "Réponses"
    ]
    assert sheet["A4"].number_format == "dd/mm/yyyy hh:mm:ss"


def test_a_date_in_a_sheet_without_formats_is_shown_as_one():
    workbook = openpyxl.Workbook()
    workbook.active.append(["Horodateur"])
    sheet = openpyxl.load_workbook(io.BytesIO(changed(saved(workbook), "Sheet", {(2, 0): 46330.5}, ["dd/mm/yyyy hh:mm:ss"])))[
        "Sheet"
    ]
    assert sheet["A2"].number_format == "dd/mm/yyyy hh:mm:ss"


def test_cells_come_as_google_gives_them():
    """LibreOffice's TRUE, dates, durations, errors, rich text, hidden lines: locale-free, nothing left out."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    cells = [
        (46328.3850347222, "dd/mm/yyyy hh:mm:ss", pytest.approx(46328.3850347222, abs=1e-9)),
        (1, "BOOLEAN", 1),
        (0.375, "h:mm", 0.375),
        (1.5, "[h]:mm", 1.5),
        (12, "dd/mm/yyyy", 12),
        (47.4711, "dd/mm/yyyy", 47.4711),
        (49100, "00000", 49100),
        (True, "General", True),
        (CellRichText(TextBlock(InlineFont(b=True), "Pain «bio»"), " au levain"), "General", "Pain «bio» au levain"),
    ]
    for column, (value, number_format, _) in enumerate(cells, start=1):
        sheet.cell(1, column, value).number_format = number_format
    error = sheet.cell(1, len(cells) + 1, "#REF!")
    error.data_type = "e"
    sheet["A3"] = "caché"
    sheet.row_dimensions[3].hidden = True
    assert read(saved(workbook))["Sheet"] == [[*(expected for *_, expected in cells), "#REF!"], [], ["caché"]]


def test_formulas_and_other_tabs_stay_as_they_were():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(["Nom", "compte"])
    sheet.append(["Four", "=LEN(A2)"])
    workbook.create_sheet("Autre")["C3"] = "=Sheet!A2"
    workbook["Autre"].column_dimensions["C"].width = 33
    before = saved(workbook)
    after = changed(before, "Sheet", {(2, 0): "=texte"})
    parts = {name: zipfile.ZipFile(io.BytesIO(content)) for name, content in (("before", before), ("after", after))}
    for name in parts["before"].namelist():
        if name not in ("xl/worksheets/sheet1.xml", "xl/styles.xml"):
            assert parts["before"].read(name) == parts["after"].read(name), name
    assert openpyxl.load_workbook(io.BytesIO(after))["Sheet"]["B2"].value == "=LEN(A2)"


ODD_SHEET = """<?xml version="1.0" encoding="utf-8"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><x:sheetData><!-- <row r="9"> --><x:row>
<x:c t="inlineStr"><x:is><x:t>Nom</x:t></x:is></x:c><x:c t="inlineStr"><x:is><x:t><![CDATA[a<row>b]]></x:t></x:is></x:c></x:row>
<x:row r='3' spans="1:2"><x:c r='B3'><x:v>7</x:v></x:c></x:row><x:row r="5"/></x:sheetData></x:worksheet>"""


def test_sheets_as_other_programs_write_them_are_changed_too():
    """A prefix before every name, lines and cells without addresses, comments, CDATA, empty lines: all legal."""
    before = zipfile.ZipFile(io.BytesIO(saved(openpyxl.Workbook())))
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as odd:
        for name in before.namelist():
            odd.writestr(name, ODD_SHEET if name.endswith("sheet1.xml") else before.read(name))
    content = changed(sink.getvalue(), "Sheet", {(1, 1): "b", (2, 0): "Four", (3, 0): "Huche", (5, 2): True, (6, 0): 1})
    expected = [["Nom", "b"], ["Four"], ["Huche", 7], [], ["", "", True], [1]]
    assert read(content)["Sheet"] == expected
    seen = [
        [cell for cell in row if cell is not None]
        for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    ]
    assert seen == [["Nom", "b"], ["Four"], ["Huche", 7], [], [True], [1]]


def test_a_line_added_below_an_excel_table_belongs_to_it():
    from openpyxl.worksheet.table import Table

    workbook = openpyxl.Workbook()
    for row in (["Nom", "Commune"], ["Four", "Angers"]):
        workbook.active.append(row)
    workbook.active.add_table(Table(displayName="Fiches", ref="A1:B2"))
    sheet = openpyxl.load_workbook(io.BytesIO(changed(saved(workbook), "Sheet", {(3, 0): "Huche", (3, 1): "Saumur"}))).active
    assert sheet.tables["Fiches"].ref == "A1:B3"


def test_a_1904_workbook_keeps_its_calendar():
    workbook = openpyxl.Workbook()
    workbook.epoch = openpyxl.utils.datetime.MAC_EPOCH
    workbook.active.append(["Horodateur"])
    content = changed(saved(workbook), "Sheet", {(2, 0): 46330.5}, ["dd/mm/yyyy hh:mm:ss"])
    assert read(content)["Sheet"][1] == [46330.5]


def test_a_note_stays_with_the_workbook(made):
    package = Package(made.read_bytes())
    assert package.note("conso") is None
    package.set_note("conso", "un")
    again = Package(package.content())
    again.set_note("conso", "deux")
    content = again.content()
    assert Package(content).note("conso") == "deux"
    resaved = openpyxl.load_workbook(io.BytesIO(content))
    assert resaved.custom_doc_props["conso"].value == "deux"
    assert Package(saved(resaved)).note("conso") == "deux"


def test_a_tab_can_be_added_and_filled(made):
    package = Package(made.read_bytes())
    package.add_sheet("Signalements")
    package.set_cells("Signalements", {(1, 0): "fiche", (2, 1): True})
    content = package.content()
    assert read(content)["Signalements"] == [["fiche"], ["", True]]
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["Réponses", "Mag", "Signalements"]


@pytest.mark.parametrize("title", ["réponses", "a/b", "", "x" * 32])
def test_a_title_that_excel_refuses_is_refused(made, title):
    with pytest.raises(ValueError):
        Package(made.read_bytes()).add_sheet(title)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "abîmé"),
        (b"nom;commune\n", "Excel 2007-365"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "mot de passe"),
        (b"PK\x03\x04" + bytes(60), "abîmé"),
    ],
)
def test_what_is_no_workbook_says_why(content, says):
    with pytest.raises(NotReadable, match=says):
        read(content)


def test_a_half_saved_workbook_is_not_readable(made):
    content = made.read_bytes()
    for size in range(0, len(content) - 1, 97):
        with pytest.raises(NotReadable):
            read(content[:size])


def test_a_failed_replacement_leaves_the_file_and_no_trace(made, monkeypatch):
    before = made.read_bytes()
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError):
        create(made, {"Vide": [["Nom"]]})
    assert made.read_bytes() == before
    assert list(made.parent.iterdir()) == [made]


any_cell = st.one_of(
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(max_size=12),
    st.sampled_from(
        ["=1+1", "=^.^= Le Chat", "+33 2 61 91 00 42", "_x0041_", " espace ", "a\r\nb", "<b>&amp;", "'01", "#REF!", "TRUE"]
    ),
    st.text(alphabet=string.whitespace + "=_x0041", max_size=8),
)


@tries(60)
@given(st.dictionaries(st.tuples(st.integers(1, 12), st.integers(0, 30)), any_cell, max_size=12))
def test_what_is_set_is_read_back(cells):
    """Any cell anywhere comes back as it was, less the signs that nobody sees; all others stay."""
    workbook = openpyxl.Workbook()
    workbook.active.title = "T"
    workbook.active["B2"] = "là"
    grid = read(changed(saved(workbook), "T", cells))["T"]
    expected = {(2, 1): "là"} | {at: as_text(cell) if isinstance(cell, str) else cell for at, cell in cells.items()}
    found = {(line, column): cell for line, row in enumerate(grid, 1) for column, cell in enumerate(row) if cell != ""}
    assert found == {at: cell for at, cell in expected.items() if cell != ""}
