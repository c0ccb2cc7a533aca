"""The CSV reads as its own Table Schema says, by the reader of the Frictionless project; the public cases of open data."""

import csv
import io
import json

import pytest
from frictionless import Dialect, Resource, Schema
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import schema
from schema import Site
from sheets import demo
from sheets.snapshot import build, live
from tests.sheets.sheets import SHARED, Embedded
from tests.sheets.test_cases import tabs
from tests.tries import tries
from tests.web.conftest import NOW, fiche
from web import columns
from web.opendata import KEYS

CASES = SHARED / "cases" / "open.json"


def faults(client, address: str = "/api/fiches.csv", delimiter: str = ",") -> list[tuple]:
    """What Frictionless finds wrong in the CSV."""
    described = Schema.from_descriptor(client.get("/api/schema.json").json())
    dialect = Dialect.from_descriptor({"csv": {"delimiter": delimiter}})
    read = Resource(data=client.get(address).content, format="csv", encoding="utf-8-sig", dialect=dialect, schema=described)
    return read.validate().flatten(["rowNumber", "fieldName", "type", "note"])


def rows_of(client, address: str = "/api/fiches.csv", delimiter: str = ",") -> list[dict[str, str]]:
    text = client.get(address).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_the_schema_is_derived_from_every_public_column():
    """In the order of the CSV; closed choices as a list, those with room for people's own words only told."""
    told = {field["name"]: field for field in columns.table_schema()["fields"]}
    assert KEYS == tuple(told)
    assert "slug" == columns.table_schema()["primaryKey"]
    assert all(field["title"] and field["description"] for field in told.values())
    assert list(schema.WELCOME) == told["accueil"]["constraints"]["enum"]
    assert "enum" not in told["categorie"].get("constraints", {})
    assert all(label in told["labels"]["description"] for label in schema.LABELS)
    assert not {"email", "contact", "siret", "note"} & set(told)


def test_each_example_is_a_value_that_its_column_takes(client):
    described = columns.table_schema()
    line = [str(field.get("example", "a")) for field in described["fields"]]
    filled = dict(zip(KEYS, line, strict=True)) | {
        "approximatif": "false",
        "verifie_le": "2026-11-24",
        "updated_at": "2026-11-24T10:00:00Z",
    }
    out = io.StringIO()
    csv.writer(out).writerows([KEYS, [filled[key] for key in KEYS]])
    read = Resource(data=out.getvalue().encode(), format="csv", encoding="utf-8", schema=Schema.from_descriptor(described))
    assert [] == read.validate().flatten(["fieldName", "note"])


@pytest.mark.parametrize(("address", "delimiter"), [("/api/fiches.csv", ","), ("/api/fiches.csv?sep=%3B", ";")])
def test_the_csv_of_hostile_fiches_is_valid(client, address, delimiter):
    assert [] == faults(client, address, delimiter)


@pytest.mark.slow
def test_the_csv_of_the_demo_is_valid(client, monkeypatch, tmp_path):
    site = Embedded(tmp_path, demo.tables(rows=150, seed=5, ticked=True))
    site.sync.once()
    monkeypatch.setattr(live, "snapshot", site.sync.live.snapshot)
    assert len(rows_of(client)) > 100
    assert [] == faults(client)


hostile = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        "=1+1",
        "\t=1",
        "\r",
        "+33 2 61 91 00 42",
        "-",
        "a;b,c",
        'dit "oui"',
        "deux\nlignes",
        "\r\n",
        "'=1",
        " ",
        "\ufeffnom",
        "NaN",
        "true",
    ]
)


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(("activite", "description", "telephone", "infos", "adresse"), hostile) |
                                      {"labels": st.lists(hostile.filter(str.strip), max_size=3).map(tuple)}), min_size=1, max_size=4))  # fmt: skip
@tries(40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_breaks_the_csv(client, told):
    """Whatever was typed: as many rows as fiches, every text back but for the apostrophe ahead of a formula, valid."""
    live.snapshot = build([fiche(f"f-{number}", "Nom", **said) for number, said in enumerate(told)], Site(), now=NOW)
    rows = {row["slug"]: row for row in rows_of(client, "/api/fiches.csv?tri=nom")}
    for number, said in enumerate(told):
        for key in ("activite", "description", "telephone", "infos", "adresse"):
            written = rows[f"f-{number}"][key]
            assert said[key] in (written, written.removeprefix("'"))
            assert key == "telephone" or not written.startswith(("=", "@", "\t", "\r"))
    assert [] == faults(client)


@pytest.fixture
def case(client, monkeypatch, tmp_path):
    """The site over the rows of one public case."""
    if not CASES.is_file():
        pytest.skip("shared/cases/open.json is absent")

    def made(id: str):
        told = next(case["input"] for case in json.loads(CASES.read_text("utf-8")) if case["id"] == id)
        site = Embedded(tmp_path, tabs(told))
        site.sync.once()
        monkeypatch.setattr(live, "snapshot", site.sync.live.snapshot)
        return client

    return made


def test_case_csv_excel(case):
    """csv-excel-o: one row with its zero, its line break, its semicolon and its quotes, by comma and by semicolon."""
    client = case("csv-excel-o")
    for address, delimiter in (("/api/fiches.csv", ","), ("/api/fiches.csv?sep=%3B", ";")):
        (row,) = rows_of(client, address, delimiter)
        assert ("01000", 'Pains ; brioches\n"maison"', "02 61 91 00 42") == (
            row["code_postal"],
            row["description"],
            row["telephone"],
        )
        assert client.get(address).content.startswith(b"\xef\xbb\xbf")
        assert [] == faults(client, address, delimiter)


def test_case_csv_formula(case):
    """csv-formula-o: harmless in the CSV, letter for letter in JSON and GeoJSON; numbers stay numbers."""
    client = case("csv-formula-o")
    rows = rows_of(client)
    numbers = {"latitude", "longitude"}
    assert not [
        cell
        for row in rows
        for key, cell in row.items()
        if key not in numbers and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    ]
    assert "-0.5473" in {row["longitude"] for row in rows}
    names = {'=HYPERLINK("https://exemple.example";"Cliquez")', "@tavola", "Bar"}
    assert names == {each["nom"] for each in client.get("/api/fiches.json").json()["fiches"]}
    assert names == {each["properties"]["nom"] for each in client.get("/api/fiches.geojson").json()["features"]}
    assert [] == faults(client)


@pytest.mark.slow
@pytest.mark.parametrize(
    "id", ["cell-postcode-number-o", "cell-phone-number-o", "link-scheme-o", "text-entities-o", "text-invisible-o"]
)
def test_cases_of_cells_are_valid_open_data(case, id):
    client = case(id)
    assert [] == faults(client)
    assert rows_of(client)
