"""The demo sheet: rich, invented, wrong only where it means to be, and the same for everybody."""

import re
from collections import Counter

import openpyxl
import pytest

import schema
from fields.cell import slugify
from fields.date import parse
from schema import CATEGORIES, CONSENT
from sheets import demo, rows

RESPONSES, MAG, REGLAGES = schema.RESPONSES.name, schema.MAG_TAB.name, schema.REGLAGES_TAB.name
HEADERS = [column.header for column in schema.FICHE]


def lines(table):
    """The lines below the header, by header."""
    return [dict(zip(table[0], line, strict=True)) for line in table[1:]]


@pytest.fixture(scope="module")
def tables():
    return demo.tables()


@pytest.fixture(scope="module")
def responses(tables):
    return lines(tables[RESPONSES])


@pytest.fixture(scope="module")
def submissions(tables):
    return rows.Reader().read(RESPONSES, tables[RESPONSES])[0]


@pytest.fixture(scope="module")
def large():
    return lines(demo.tables(rows=2400, seed=7)[RESPONSES])


# The demo itself


def test_headers_are_those_of_the_schema(tables):
    assert {RESPONSES: HEADERS, MAG: [column.header for column in schema.MAG], REGLAGES: ["clé", "valeur"]} == {
        title: table[0] for title, table in tables.items()
    }


def test_dates_are_serials_ticks_are_booleans_and_points_are_numbers(responses):
    assert all(isinstance(line["Horodateur"], float) for line in responses)
    assert {bool, str} >= {type(line["approved"]) for line in responses}
    assert any(line["approved"] is True for line in responses)
    assert {float} == {type(line["longitude"]) for line in responses if line["longitude"] != ""}
    assert {float} == {type(line["Fermé du"]) for line in responses if line["Fermé du"] != ""}


def test_every_category_has_fiches_and_most_of_the_department_is_there(responses):
    online = [line for line in responses if line["approved"] is True]
    assert set(CATEGORIES) <= {line["Catégorie"] for line in online}
    assert len(online) >= 72
    assert len({slugify(str(line["Commune"])) for line in online}) >= 25
    assert {"St Barthélemy d'Anjou", "ANGERS CEDEX"} <= {line["Commune"] for line in online}


def test_some_wait_for_their_tick(responses):
    assert 6 <= sum(line["approved"] in (False, "") for line in responses) <= 10


def test_a_ticked_fiche_is_online_unless_it_is_broken_on_purpose(submissions):
    blocked = [submission.values["nom"] for submission in submissions if submission.ticked and submission.content is None]
    assert sorted(blocked) == ["", "", "Boulangerie du Pont Cassé", "La Ferme Voyageuse", "Traiteur Pineaudeau"]


def test_faults_that_block_nothing_are_there_to_be_seen(submissions):
    faulty = {problem.header for submission in submissions if submission.content for problem in submission.problems}
    assert {"latitude", "SIRET", "Catégorie", "Description"} <= faulty


def test_submissions_come_in_the_order_of_autumn_2026(responses):
    sent = [line["Horodateur"] for line in responses]
    assert sorted(set(sent)) == sent
    assert parse(sent[0]).year == 2026
    assert parse(sent[0]).month == 9
    assert parse(sent[-1]) < parse("21/11/2026")


def test_nobody_is_called_or_written_to(responses):
    written = " ".join(str(cell) for line in responses for cell in line.values())
    digits = re.sub(r"\D", "", " ".join(re.sub(r"[ .]", "", str(line["Téléphone"])) for line in responses))
    assert re.fullmatch(r"((026191|063998)\d{4})+", digits)
    assert all(address.endswith("exemple.example") for address in re.findall(r"\S+@\S+\.\w+", written))
    assert all(line["Photo"] == "" for line in responses)
    assert all(re.search(r"\.example(/|$)|^en cours$", line["Site web"]) for line in responses if line["Site web"])


def test_the_mag_is_full_and_its_links_lead_somewhere(tables, responses):
    articles = lines(tables[MAG])
    published = [line for line in articles if line["publié"] is True and line["date"] < parse_serial("20/11/2026")]
    assert len([line for line in published if line["type"] == "article"]) >= 10
    assert len({line["rubrique"] for line in published if line["rubrique"]}) >= 4
    assert len([line for line in published if line["type"] == "page"]) == 3
    assert any(line["publié"] is False for line in articles)
    assert any(line["date"] > parse_serial("01/01/2027") for line in articles)
    fiches = {slugify(str(line["Nom"])) for line in responses if line["approved"] is True}
    pages = {slugify(line["titre"]) for line in published if line["type"] == "page"}
    text = " ".join(line["texte"] for line in articles) + str(dict(tables[REGLAGES][1:])["à propos"])
    choices = {slugify(choice) for column in schema.FACETS.values() for choice in schema.options(column)}
    assert set(re.findall(r"/fiche\?f=([\w-]+)", text)) <= fiches
    assert set(re.findall(r"/page\?p=([\w-]+)", text)) <= pages
    assert set(re.findall(r"/\?(?:categorie|livraison)=([\w-]+)", text)) <= choices


def test_the_settings_are_read_without_a_problem_and_the_crisis_leads_to_its_page(tables):
    site, problems = rows.site(REGLAGES, tables[REGLAGES])
    assert problems == []
    assert (site.name, site.currency, site.zoom) == ("Conso-locale Maine-et-Loire", "la Muse", 9)
    assert site.crisis in {line["titre"] for line in lines(tables[MAG]) if line["type"] == "page"}


def test_each_modification_is_later_and_changes_one_ticked_line(responses):
    changes = demo.modifications()
    assert len(changes) == 3
    for match, values in changes:
        (line,) = [line for line in responses if match.items() <= line.items()]
        assert line["approved"] is True
        assert values["Horodateur"] > responses[-1]["Horodateur"]
        assert values.keys() <= set(HEADERS)
        assert any(line[header] != value for header, value in values.items() if header != "Horodateur")


# Larger ones


def test_the_same_seed_gives_the_same_rows_and_another_gives_others():
    assert demo.tables(rows=50, seed=3) == demo.tables(rows=50, seed=3)
    assert demo.tables(rows=50, seed=3)[RESPONSES] != demo.tables(rows=50, seed=4)[RESPONSES]


@pytest.mark.parametrize("count", [0, 1, 24, 250])
def test_as_many_rows_as_asked(count):
    table = demo.tables(rows=count)[RESPONSES]
    assert table[0] == HEADERS
    assert count == len(table) - 1
    assert all(len(HEADERS) == len(line) for line in table)


def test_generated_rows_are_spread_over_categories_time_and_places(large):
    assert dict.fromkeys(CATEGORIES, 100) == Counter(line["Catégorie"] for line in large)
    assert sorted({line["Horodateur"] for line in large}) == [line["Horodateur"] for line in large]
    assert len({line["Commune"] for line in large}) > 50
    points = [(line["latitude"], line["longitude"]) for line in large if line["latitude"] != ""]
    assert 0.5 < len(points) / len(large) < 0.7
    assert all(46.9 < latitude < 47.9 and -1.4 < longitude < 0.3 for latitude, longitude in points)


def test_generated_rows_are_mostly_ticked_and_a_few_have_no_place(large):
    assert 0.82 < sum(line["approved"] for line in large) / len(large) < 0.88
    assert 0.01 < sum(line["Commune"] == line["latitude"] == "" for line in large) / len(large) < 0.03
    assert {CONSENT} == {line["Consentement"] for line in large}


@pytest.mark.parametrize("count", [None, 30])
def test_ticked_ticks_all(count):
    assert {True} == {line["approved"] for line in lines(demo.tables(rows=count, ticked=True)[RESPONSES])}


# The workbook


def test_ensure_makes_the_workbook_once_and_never_touches_it_again(tmp_path):
    path = tmp_path / "var" / "feuille.xlsx"
    assert demo.ensure(path) is True
    made = path.read_bytes()
    assert demo.ensure(path) is False
    assert made == path.read_bytes()
    assert [path] == [*path.parent.iterdir()]


def test_ensure_leaves_a_workbook_that_appeared_meanwhile(tmp_path, monkeypatch):
    path = tmp_path / "feuille.xlsx"
    written = demo.write
    monkeypatch.setattr(demo, "write", lambda made: (written(made, 1), path.write_bytes(b"somebody's")))
    assert demo.ensure(path) is False
    assert path.read_bytes() == b"somebody's"


def test_ensure_works_on_a_disk_without_hard_links(tmp_path, monkeypatch):
    def refuse(made, path):
        raise PermissionError("no hard links here")

    monkeypatch.setattr(demo.os, "link", refuse)
    assert demo.ensure(tmp_path / "feuille.xlsx") is True
    assert [tmp_path / "feuille.xlsx"] == [*tmp_path.iterdir()]


def test_a_written_workbook_holds_the_tabs(tmp_path):
    demo.write(tmp_path / "essai.xlsx", rows=30, seed=1)
    book = openpyxl.load_workbook(tmp_path / "essai.xlsx", read_only=True)
    assert book.sheetnames == [RESPONSES, MAG, REGLAGES]
    assert [cell.value for cell in next(book[RESPONSES].iter_rows())] == HEADERS
    assert sum(1 for _ in book[RESPONSES].iter_rows()) == 31


def parse_serial(text):
    """A French date as a sheet holds it."""
    return (parse(text) - parse("01/01/2000")).days + 36_526
