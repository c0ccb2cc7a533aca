"""The public cases of shared/cases/open.json whose outcome is seen in the snapshot, in `check` or in «Suivi»: one test a case.

A case's rows carry only the cells that matter; what makes them publishable is added. What they look like on a page is tested where pages are.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

import schema
from fields import communes, phone
from sheets.problems import HeaderMissing, TabMissing
from sheets.sync import Sync
from tests.sheets.sheets import RESPONSES, SHARED, Embedded, fiches, mag, names, states, stored, table

CASES = SHARED / "cases" / "open.json"
PARIS = ZoneInfo("Europe/Paris")
AGREED = {"Consentement": schema.CONSENT}

pytestmark = pytest.mark.skipif(not CASES.is_file(), reason="shared/cases/open.json is absent")

Case = Callable[[str], Embedded]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """The site of the case with this id, after one pass."""

    def made(id: str) -> Embedded:
        told = next(case["input"] for case in json.loads(CASES.read_text("utf-8")) if case["id"] == id)
        site = Embedded(tmp_path, tabs(told))
        site.sync.once()
        return site

    return made


def tabs(told: dict[str, Any]) -> dict[str, Any]:
    rows = [row for row in told["rows"] if not isinstance(row, str)]
    if "header" in told:
        width = len(told["header"])
        lines = [[*row, *[""] * (width - len(row)), schema.CONSENT] if row else [] for row in rows]
        return {RESPONSES: [[*told["header"], "Consentement"], *lines]}
    if told.get("tab") == "Mag":
        return {RESPONSES: table([]), "Mag": mag(*rows)}
    if told.get("tab") == "Réglages":
        return {RESPONSES: table([]), "Réglages": [["clé", "valeur"], *([row["clé"], row["valeur"]] for row in rows)]}
    return {RESPONSES: table(rows, AGREED)}


def column(site: Embedded, key: str) -> list[Any]:
    """One value of each fiche, in the order of the sheet."""
    assert site.sync.live.snapshot is not None
    return [record[key] for record in site.sync.live.snapshot.records(range(len(site.sync.live.snapshot)))]


def by_row(sync: Sync) -> list[str]:
    return [decision.state.value for decision in sync.report.decisions]


def check(site: Embedded) -> list[str]:
    return [str(problem) for problem in site.sync.check()]


def links(site: Embedded) -> list[list[str]]:
    """What can be called, of each fiche."""
    pairs = zip(column(site, "telephone"), column(site, "code_postal"), strict=True)
    return [[dialled for _, dialled in phone.pieces(text, code) if dialled] for text, code in pairs]


# Cells


def test_cell_postcode_number(case: Case) -> None:
    site = case("cell-postcode-number-o")
    assert {name: each["code_postal"] for name, each in fiches(site.sync).items()} == {
        "Aux Deux Fours": "01000",
        "La Huche Neuve": "49000",
    }
    assert by_row(site.sync) == ["en ligne", "en ligne", "bloquée"]
    assert all(word in site.suivi()[2].to_mend for word in ("«Code postal»", "«4900»", "5 chiffres"))


def test_cell_phone_number(case: Case) -> None:
    site = case("cell-phone-number-o")
    assert column(site, "telephone") == ["02 61 91 00 42", "06 39 98 00 17", "02 61 91 00 42"]
    assert links(site) == [["tel:+33261910042"], ["tel:+33639980017"], ["tel:+33261910042"]]


def test_cell_name_like_number(case: Case) -> None:
    site = case("cell-name-like-number-o")
    assert names(site.sync) == ["Nan", "1884", "3e5"]
    assert set(by_row(site.sync)) == {"en ligne"}


def test_cell_error_values(case: Case) -> None:
    site = case("cell-error-values-o")
    shown = fiches(site.sync)
    assert list(shown) == ["Chez Lyse"]
    assert (shown["Chez Lyse"]["description"], shown["Chez Lyse"]["latitude"] is not None) == ("", True)
    for error in (b"#REF!", b"#N/A", b"#NAME?", b"Loading"):
        assert error not in stored(site.folder / "store")
    said = [line for line in check(site) if "formule en erreur" in line]
    assert [line.partition("»")[0].partition("ligne ")[2] for line in said] == [
        "2, «Description", "2, «latitude", "2, «longitude", "3, «Nom", "4, «Nom",
    ]  # fmt: skip
    assert by_row(site.sync) == ["en ligne", "bloquée", "bloquée"]


def test_cell_error_values_leave_what_was_online_a_minute_before(tmp_path: Path) -> None:
    site = Embedded(tmp_path, {RESPONSES: table([{"Nom": "Chez Lyse"}])})
    site.sync.once()
    site.write(table([{"Nom": "Loading..."}]))
    site.sync.once()
    assert names(site.sync) == ["Chez Lyse"]
    site.write(table([{"Nom": "Chez Lise"}]))
    site.sync.once()
    assert names(site.sync) == ["Chez Lise"]


def test_tick_texts(case: Case) -> None:
    site = case("tick-texts-o")
    assert names(site.sync) == ["Essai 01", "Essai 02", "Essai 03"]
    assert by_row(site.sync)[3:] == ["en attente"] * 10
    assert [line.partition(" — ")[0] for line in check(site)] == [
        f"{RESPONSES}, ligne 13, «approved» : «à vérifier»",
        f"{RESPONSES}, ligne 14, «approved» : «pas encore»",
    ]


# Rows and headers


def test_rows_trailing_checkboxes(tmp_path: Path) -> None:
    boxes: list[dict[str, Any]] = [{"approved": False}] * 997 + [{"approved": True}]
    halt = {"Horodateur": 46329.34, "Nom": "La Halte", "Catégorie": "Boulangerie", "Code postal": "49100", "Commune": "Angers"}
    site = Embedded(tmp_path, {RESPONSES: table([{**halt, **AGREED, "approved": True}, *boxes], {})})
    report = site.sync.once()
    assert names(site.sync) == ["La Halte"]
    assert str(report).startswith("sync : 1 lignes, 1 en ligne")
    assert [line.name for line in site.suivi()] == ["La Halte"]
    assert check(site) == [f"{RESPONSES}, ligne 1000, «approved» : «coché» — la ligne est vide : décochez-la"]


def test_rows_ragged(case: Case) -> None:
    site = case("rows-ragged-o")
    assert names(site.sync) == ["La Halte"]
    assert by_row(site.sync) == ["en ligne", "en attente", "en attente"]


def test_rows_ragged_ticked_without_a_name_is_blocked(tmp_path: Path) -> None:
    site = Embedded(tmp_path, {RESPONSES: table([{"Horodateur": 46330.4, "approved": True, "Nom": ""}], {})})
    site.sync.once()
    assert by_row(site.sync) == ["bloquée"]
    assert "«Nom»" in site.suivi()[0].to_mend


def test_sheet_filtered_rows(case: Case) -> None:
    site = case("sheet-filtered-rows-o")
    book = openpyxl.load_workbook(site.path)
    book[RESPONSES].row_dimensions[3].hidden = True
    book[RESPONSES].auto_filter.ref = "A1:H3"
    book.save(site.path)
    site.sync.once()
    assert names(site.sync) == ["La Halte", "L'Escale"]


def test_header_duplicate(case: Case) -> None:
    site = case("header-duplicate-o")
    shown = fiches(site.sync)
    assert [shown[name]["description"] for name in ("La Halte", "L'Escale")] == ["Terrasse au soleil", "Vue sur la Maine"]
    content = stored(site.folder / "store").decode("utf-8", "replace")
    assert not [private for private in ("rappeler lundi", "06 39 98 00 17") if private in content]
    assert [line for line in check(site) if "«Description»" in line and "D et J" in line]


def test_header_lookalike(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    site = case("header-lookalike-o")
    fiche = fiches(site.sync)["La Halte"]
    assert (fiche["commune"], fiche["telephone"]) == ("Angers", "02 61 91 00 42")
    assert "halte@example.org" not in stored(site.folder / "store").decode("utf-8", "replace") + caplog.text
    assert check(site) == []


def test_header_row_lost(tmp_path: Path) -> None:
    tab = table({"Horodateur": 46328.5 + number, "Nom": f"Maison {number}"} for number in range(3))
    site = Embedded(tmp_path, {RESPONSES: tab})
    site.sync.once()
    shown = site.sync.live.snapshot
    site.write([["Fiches à relire cette semaine"], *tab])
    with pytest.raises(HeaderMissing, match=r"«Nom», «approved».*ligne 2"):
        site.sync.once()
    assert site.sync.live.snapshot is shown
    assert {line.state for line in site.suivi()} == {"en ligne"}
    site.write(tab)
    site.sync.once()
    assert site.sync.live.snapshot is shown
    assert set(by_row(site.sync)) == {"en ligne"}


@pytest.mark.parametrize(("title", "known"), [("Réponses", True), ("Marchands 2026", False)])
def test_tab_renamed(tmp_path: Path, title: str, known: bool) -> None:
    site = Embedded(tmp_path, {RESPONSES: table([{}, {"Nom": "La Halte"}])})
    site.sync.once()
    book = openpyxl.load_workbook(site.path)
    book[RESPONSES].title = title
    book.save(site.path)
    if known:
        site.sync.once()
        assert by_row(site.sync) == ["en ligne"]
    else:
        with pytest.raises(TabMissing, match=rf"«{title}», «Mag».*responses_tab"):
            site.sync.once()
    assert names(site.sync) == ["La Halte"]


def test_merged_cells(case: Case) -> None:
    site = case("merged-cells-o")
    book = openpyxl.load_workbook(site.path)
    book["Mag"].merge_cells("G2:G3")
    book.save(site.path)
    site.sync.once()
    assert site.sync.live.snapshot is not None
    assert {item.titre: item.rubrique for item in site.sync.live.snapshot.articles} == {"Vœux": "", "Marché de Noël": "Agenda"}
    assert check(site) == []


# What a tick means


def test_approval_edited(tmp_path: Path) -> None:
    first, second = {"Téléphone": "02 61 91 00 42"}, {"Téléphone": "08 99 00 00 00", "Horodateur": 46340.5}
    site = Embedded(tmp_path, {RESPONSES: table([first])})
    site.sync.once()
    slugs = column(site, "slug")
    site.write(table([second]))
    for restart in (False, True):
        if restart:
            site.restart()
        site.sync.once()
        assert (column(site, "telephone"), column(site, "slug")) == (["02 61 91 00 42"], slugs)
        assert by_row(site.sync) == ["modifiée : à revalider"]
    site.write(table([{**second, "approved": False}]))
    site.sync.once()
    assert column(site, "telephone") == []
    site.write(table([second]))
    site.sync.once()
    assert (column(site, "telephone"), column(site, "slug")) == (["08 99 00 00 00"], slugs)
    assert by_row(site.sync) == ["en ligne"]


def test_approval_sorted(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"Nom": "A", "Commune": "Angers", "Code postal": "49100", "Horodateur": 46328.1},
        {"Nom": "B", "Commune": "Beaupréau", "Code postal": "49600", "Horodateur": 46328.2, "approved": False},
        {"Nom": "C", "Commune": "Cholet", "Code postal": "49300", "Horodateur": 46328.3},
    ]
    site = Embedded(tmp_path, {RESPONSES: table(rows)})
    site.sync.once()
    slugs = {name: each["slug"] for name, each in fiches(site.sync).items()}
    for tab, lines in ((table(rows[::-1]), [4, 3, 2]), (table([{}, {}, *rows[::-1]]), [6, 5, 4])):
        site.write(tab)
        site.sync.once()
        assert {name: each["slug"] for name, each in fiches(site.sync).items()} == slugs
        assert states(site.sync) == {"A": "en ligne", "B": "en attente", "C": "en ligne"}
        assert [(line.name, line.row) for line in site.suivi()] == list(zip("ABC", lines, strict=True))


def test_approval_same_second(tmp_path: Path) -> None:
    a, b = {"Nom": "A", "E-mail": "a@exemple.example"}, {"Nom": "B", "E-mail": "b@exemple.example"}
    site = Embedded(tmp_path, {RESPONSES: table([a, b])})
    site.sync.once()
    assert names(site.sync) == ["A", "B"]
    assert len(set(column(site, "slug"))) == 2
    site.write(table([a, {**b, "approved": False}]))
    site.sync.once()
    assert names(site.sync) == ["A"]
    site.write(table([{**b, "approved": False}]))
    site.sync.once()
    assert names(site.sync) == []
    assert [(line.name, line.state) for line in site.suivi()] == [("B", "retirée")]


def test_slug_collision(tmp_path: Path) -> None:
    martin = [
        {"Nom": "Boulangerie Martin", "Horodateur": 46328.1 + number, "Adresse": street, **town}
        for number, (street, town) in enumerate(
            [
                ("1 rue Haute", {}),
                ("2 rue Basse", {"Commune": "Saumur", "Code postal": "49400"}),
                ("3 rue Neuve", {}),
            ]
        )
    ]
    site = Embedded(tmp_path, {RESPONSES: table(martin)})
    site.sync.once()
    street = dict(zip(column(site, "slug"), column(site, "adresse"), strict=True))
    assert len(street) == 3
    site.write(table(martin[::-1]))
    site.sync.once()
    assert dict(zip(column(site, "slug"), column(site, "adresse"), strict=True)) == street
    gone = next(slug for slug, where in street.items() if where == "1 rue Haute")
    site.write(table(martin[:0:-1]))
    site.sync.once()
    del street[gone]
    assert dict(zip(column(site, "slug"), column(site, "adresse"), strict=True)) == street
    site.write(table([*martin[1:], {**martin[0], "Horodateur": 46399.5, "Adresse": "un autre Martin"}]))
    site.sync.once()
    assert gone not in column(site, "slug")


def test_duplicate_shop(case: Case) -> None:
    site = case("duplicate-shop-o")
    told = [line.to_mend for line in site.suivi()]
    assert [("doublon possible : ressemble à la ligne 3" in line, "doublon possible : ressemble à la ligne 2" in line) for line in told] == [
        (True, False), (False, True), (False, False),
    ]  # fmt: skip
    assert by_row(site.sync) == ["en ligne"] * 3


# Choices, telephones, links


def test_choice_commas(case: Case) -> None:
    """The case's choice with a comma is none of ours; a free answer stays one piece, whatever its commas."""
    assert column(case("choice-commas-o"), "livraison") == [
        ("Livraison à domicile", "Point relais", "marché ou AMAP, à vélo, seulement le centre-ville")
    ]


def test_choice_unknown(case: Case) -> None:
    site = case("choice-unknown-o")
    assert column(site, "categorie") == ["Boulangerie", "Boulangerie", "Fromagerie ambulante", "Boulangerie"]
    assert [line for line in check(site) if "«Catégorie»" in line] == [
        f"{RESPONSES}, ligne 4, «Catégorie» : «Fromagerie ambulante» — n'est pas un des choix proposés"
    ]


def test_phone_forms(case: Case) -> None:
    site = case("phone-forms-o")
    assert links(site) == [
        ["tel:+33261910042"], ["tel:+33639980017"], ["tel:+33261910042", "tel:+33639980017"], ["tel:3631"], ["tel:+33800000042"], [],
    ]  # fmt: skip
    shown = column(site, "telephone")
    assert "Lou, le soir" in shown[2]
    assert shown[4] == "0 800 00 00 42"
    assert set(by_row(site.sync)) == {"en ligne"}
    assert [line for line in check(site) if "ligne 7, «Téléphone»" in line and "pas un numéro" in line]


def test_phone_overseas(case: Case) -> None:
    site = case("phone-overseas-o")
    assert links(site) == [["tel:+262692000007"], ["tel:+590690000007"], ["tel:+33639980017"]]
    assert column(site, "telephone")[0] == "0692 00 00 07"


def test_link_scheme(case: Case) -> None:
    site = case("link-scheme-o")
    shown = column(site, "site")
    assert shown[:4] == [""] * 4
    assert shown[4] in ("", "https://exemple.example/a")
    assert shown[5] == "https://exemple.example/?q=javascript:x"
    assert set(by_row(site.sync)) == {"en ligne"}
    assert ["«Site web»" in line.to_mend for line in site.suivi()] == [True] * 4 + [False] * 2


def test_link_bare(case: Case) -> None:
    site = case("link-bare-o")
    assert column(site, "site") == [
        "https://www.exemple-ferme.example", "https://exemple-ferme.example/contact", "", "https://exemple-ferme.example/?page=2",
    ]  # fmt: skip
    facebook = column(site, "facebook")
    assert (facebook[0], facebook[3]) == ("https://www.facebook.com/fournil.exemple",) * 2
    assert "id=100000000000042" in facebook[1]
    assert column(site, "instagram") == [
        "https://www.instagram.com/le_fournil_", "https://www.instagram.com/le_fournil_", "", "https://www.instagram.com/le.fournil",
    ]  # fmt: skip
    assert not [line for line in check(site) if "pas de site" in line or "«-»" in line]


def test_photo_drive(case: Case) -> None:
    site = case("photo-drive-o")
    first, second = column(site, "photo")
    assert "/thumbnail?id=1AbCdEfGhIjKlMnOpQrStUvWxYz012345&sz=w" in first
    assert "1AAAAAAAA" in second
    assert "BBBB" not in second
    assert check(site) == []


def test_text_invisible(case: Case) -> None:
    site = case("text-invisible-o")
    assert names(site.sync) == ["Boulangerie ervèihc"]
    assert column(site, "description") == ["Le chef 👨\u200d🍳 vous attend"]
    content = stored(site.folder / "store").decode("utf-8", "replace")
    assert not [sign for sign in "\u200b\u202e\u202c\ufeff" if sign in content]


# Places


def km(site: Embedded, commune: str, code: str) -> list[float]:
    """How far each fiche is from the centre of a commune."""
    centre = communes.find(commune, code).place
    assert centre is not None
    points = zip(column(site, "latitude"), column(site, "longitude"), strict=True)
    return [float(communes.distance_km(*point, centre.latitude, centre.longitude)) for point in points]


def test_place_swapped(case: Case) -> None:
    site = case("place-swapped-o")
    assert max(km(site, "Angers", "49100")) < 10
    said = check(site)
    assert [line for line in said if "ligne 2" in line and "échangées" in line]
    assert f"{RESPONSES}, ligne 3, «latitude» : «488566» — attendu entre −90 et 90" in said
    assert not [line for line in said if "ligne 4" in line]
    assert [line for line in said if "ligne 5" in line and "n'est pas l'endroit" in line]


def test_place_pasted(case: Case) -> None:
    site = case("place-pasted-o")
    for latitude, longitude in zip(column(site, "latitude"), column(site, "longitude"), strict=True):
        assert communes.distance_km(latitude, longitude, 47.4711, -0.5473) < 0.2
    assert not [problem for problem in site.sync.check() if problem.blocking]


def test_place_cedex(case: Case) -> None:
    site = case("place-cedex-o")
    assert column(site, "commune") == ["Angers", "Ancenis-Saint-Géréon"]
    assert km(site, "Angers", "49100")[0] < 10
    assert km(site, "Ancenis-Saint-Géréon", "44150")[1] < 10


def test_place_merged(case: Case) -> None:
    site = case("place-merged-o")
    assert column(site, "commune") == ["Les Garennes sur Loire", "Segré-en-Anjou Bleu"]
    assert column(site, "ancienne_commune") == ["Juigné-sur-Loire", "L'Hôtellerie-de-Flée"]
    assert km(site, "L'Hôtellerie-de-Flée", "49500")[1] < 3


def test_place_saint(case: Case) -> None:
    assert column(case("place-saint-o"), "commune") == [
        "Saint-Barthélemy-d'Anjou", "Sainte-Gemmes-sur-Loire", "Stains", "L'Haÿ-les-Roses",
    ]  # fmt: skip


def test_place_shared_postcode(case: Case) -> None:
    site = case("place-shared-postcode-o")
    assert {name: each["commune"] for name, each in fiches(site.sync).items()} == {
        "K1": "Turquant", "K2": "Turquant", "K4": "Saumur",
    }  # fmt: skip
    assert by_row(site.sync)[2] == "bloquée"
    assert "«Commune»" in site.suivi()[2].to_mend
    assert [line for line in check(site) if "ligne 5" in line and "49730 n'est pas un code postal de Saumur" in line]


def test_place_arrondissement(case: Case) -> None:
    site = case("place-arrondissement-o")
    assert column(site, "commune") == ["Lyon", "Lyon", "Paris", "Marseille"]
    assert set(by_row(site.sync)) == {"en ligne"}


# Hours and dates


@pytest.mark.parametrize(
    ("id", "hours"),
    [
        ("hours-comment-only-o", ""),
        ("hours-next-opening-o", "Tu-Sa 09:00-19:00"),
        ("hours-midnight-o", "Mo-Th 11:00-24:00, Fr-Sa 11:00-02:00, Su 11:00-22:00"),
    ],
)
def test_hours(case: Case, id: str, hours: str) -> None:
    site = case(id)
    assert column(site, "opening_hours") == [hours]
    assert column(site, "horaires") != [""]


def test_date_serial(case: Case) -> None:
    site = case("date-serial-o")
    assert site.sync.live.snapshot is not None
    assert {item.titre: item.date for item in site.sync.live.snapshot.articles} == {
        "A": datetime(2026, 11, 2, tzinfo=PARIS),
        "B": datetime(2026, 4, 3, tzinfo=PARIS),
        "C": datetime(2026, 11, 2, tzinfo=PARIS),
        "D": None,
        "E": datetime(2026, 7, 1, 12, tzinfo=PARIS),
    }
    assert [line.partition(" — ")[0] for line in check(site)] == ["Mag, ligne 5, «date» : «32/13/2026»"]


# Privacy, settings, workbook


def test_private_leak(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    site = case("private-leak-o")
    content = stored(site.folder / "store").decode("utf-8", "replace") + caplog.text + "".join(check(site))
    assert "Bar de quartier" in content
    assert not [
        private
        for private in (
            "prive.halte",
            "Camille Exemple",
            "12345678901234",
            "litige loyer",
            "escale@example.org",
            "secret avant",
        )
        if private in content
    ]
    assert [line for line in check(site) if "ligne 2, «E-mail» : «valeur privée»" in line]


def test_settings_centre(case: Case) -> None:
    site = case("settings-centre-o")
    assert site.sync.live.snapshot is not None
    assert site.sync.live.snapshot.site.centre == (47.4711, -0.5473)
    assert site.sync.live.snapshot.site.name == "2026"
    assert [line.partition(" — ")[0] for line in check(site)] == [
        "Réglages, ligne 4, «Nom du site» : «Conso Essai»",
        "Réglages, ligne 5, «cle inconnue» : «x»",
    ]


def test_xlsx_types(tmp_path: Path) -> None:
    site = Embedded(tmp_path, {RESPONSES: table([{"Description": "", "Téléphone": ""}])})
    book = openpyxl.load_workbook(site.path)
    sheet = book[RESPONSES]
    place = {cell.value: cell.column for cell in sheet[1]}
    for header, value, shown in (
        ("Code postal", 49100, "00000"),
        ("Téléphone", 261910042, '00" "00" "00" "00" "00'),
        ("approved", 1, "BOOLEAN"),
        ("Horodateur", 46328.3850347222, "dd/mm/yyyy hh:mm:ss"),
        ("Description", CellRichText("Pain ", TextBlock(InlineFont(b=True), "bio"), " au levain"), "General"),
    ):
        cell = sheet.cell(2, place[header])
        cell.value, cell.number_format = value, shown
    book.save(site.path)
    site.sync.once()
    fiche = fiches(site.sync)["Chez Lyse"]
    assert (fiche["code_postal"], fiche["telephone"], fiche["description"]) == ("49100", "02 61 91 00 42", "Pain bio au levain")
    assert by_row(site.sync) == ["en ligne"]
