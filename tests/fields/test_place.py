"""Where a fiche is, from cells that contradict each other."""

import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fields import communes
from fields.cell import Cell
from fields.place import Centre, Latitude, Located, Longitude, Place, Postcode, locate
from tests.tries import tries

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
ANGERS = (47.47109, -0.54731)


def located(
    commune: Cell = "", code_postal: Cell = "", latitude: Cell = "", longitude: Cell = "", adresse: Cell = ""
) -> Located:
    return locate(
        {"commune": commune, "code_postal": code_postal, "latitude": latitude, "longitude": longitude, "adresse": adresse}
    )


def at(commune: Cell = "", code_postal: Cell = "", latitude: Cell = "", longitude: Cell = "", adresse: Cell = "") -> Place:
    found = located(commune, code_postal, latitude, longitude, adresse).place
    assert found is not None
    return found


def said(found: Located, key: str) -> str:
    return " · ".join(fault.expected for fault in found.faults.get(key, ()))


def _case(name: str) -> list[Located]:
    path = SHARED / "cases" / "open.json"
    if not path.exists():
        pytest.skip("the shared cases are not beside this checkout")
    case = next(case for case in json.loads(path.read_text(encoding="utf-8")) if case["id"] == name)
    return [
        located(row["Commune"], row["Code postal"], row.get("latitude", ""), row.get("longitude", ""), row["Adresse"])
        for row in case["input"]["rows"]
    ]


def test_case_postcodes_that_a_sheet_took_for_numbers():
    lost_zero, number, four_digits = _case("cell-postcode-number-o")
    assert lost_zero.place.code_postal == "01000"
    assert number.place.code_postal == "49000"
    assert four_digits.place is None
    assert (four_digits.faults["code_postal"][0].found, "5 chiffres" in said(four_digits, "code_postal")) == ("4900", True)


def test_case_coordinates_exchanged_out_of_range_and_nil():
    exchanged, out_of_range, commas, nil = found = _case("place-swapped-o")
    for one in found:
        assert communes.distance_km(one.place.latitude, one.place.longitude, *ANGERS) < 10
    assert "échangées" in said(exchanged, "latitude")
    assert "échangées" in said(exchanged, "longitude")
    assert said(out_of_range, "latitude") == "attendu entre −90 et 90"
    assert out_of_range.place.approximatif
    assert commas.faults == {}
    assert not commas.place.approximatif
    assert "n'est pas l'endroit" in said(nil, "latitude")


def test_case_coordinates_pasted_from_a_map():
    for one in _case("place-pasted-o"):
        assert communes.distance_km(one.place.latitude, one.place.longitude, 47.4711, -0.5473) < 0.2
        assert one.faults == {}


def test_case_business_postcodes():
    angers, ancenis = _case("place-cedex-o")
    assert (angers.place.commune, angers.place.code_postal) == ("Angers", "49933")
    assert (ancenis.place.commune, ancenis.place.code_postal) == ("Ancenis-Saint-Géréon", "44156")
    assert angers.faults == ancenis.faults == {}


def test_case_former_communes_have_their_own_point():
    juigne, hotellerie = _case("place-merged-o")
    assert (juigne.place.commune, juigne.place.ancienne_commune) == ("Les Garennes sur Loire", "Juigné-sur-Loire")
    assert (hotellerie.place.commune, hotellerie.place.ancienne_commune) == ("Segré-en-Anjou Bleu", "L'Hôtellerie-de-Flée")
    segre = communes.named("Segré-en-Anjou Bleu")
    assert communes.distance_km(hotellerie.place.latitude, hotellerie.place.longitude, segre.latitude, segre.longitude) > 5


def test_case_saints():
    names = [one.place.commune for one in _case("place-saint-o")]
    assert names == ["Saint-Barthélemy-d'Anjou", "Sainte-Gemmes-sur-Loire", "Stains", "L'Haÿ-les-Roses"]


def test_case_a_postcode_of_several_communes():
    named, misspelled, blank, elsewhere = _case("place-shared-postcode-o")
    assert named.place.commune == misspelled.place.commune == "Turquant"
    assert blank.place is None
    assert "Montsoreau, Parnay, Turquant ou Varennes-sur-Loire" in said(blank, "commune")
    assert (elsewhere.place.commune, elsewhere.place.code_postal) == ("Saumur", "49400")
    assert "49730 n'est pas un code postal de Saumur" in said(elsewhere, "code_postal")


def test_case_arrondissements_are_their_city():
    found = [one.place for one in _case("place-arrondissement-o")]
    assert [(one.commune, one.insee) for one in found] == [
        ("Lyon", "69123"),
        ("Lyon", "69123"),
        ("Paris", "75056"),
        ("Marseille", "13055"),
    ]
    assert [one.ancienne_commune for one in found] == [""] * 4


def test_case_no_number_is_not_a_coordinate():
    plain, noumea, nan = _case("map-nan-o")
    assert (plain.place.latitude, plain.place.longitude) == (nan.place.latitude, nan.place.longitude) == ANGERS
    assert (noumea.place.commune, noumea.place.latitude, noumea.place.approximatif) == ("Nouméa", None, False)


def test_case_broken_formulas_are_told_and_left_out():
    chez_lyse, *_ = _case("cell-error-values-o")
    assert (chez_lyse.place.commune, chez_lyse.place.approximatif) == ("Angers", True)
    assert "formule en erreur" in said(chez_lyse, "latitude")
    assert "formule en erreur" in said(chez_lyse, "longitude")


@pytest.mark.parametrize(
    "written",
    ["47,4711 ; -0,5473", "47.4711, -0.5473", "47,4711, -0,5473", "47,4711,-0,5473", "47.4711,-0.5473", "47.4711 -0.5473"],
)
def test_a_centre_is_a_pair_however_written(written: str):
    reading = Centre().read(written, {})
    assert (reading.value, reading.faults) == ((47.4711, -0.5473), ())


@pytest.mark.parametrize("written", ["47,4711", 47.4711, "95 ; 3", "3 ; 190", "Angers", "1 ; 2 ; 3", "#REF!", True])
def test_a_centre_that_is_no_pair_is_told(written: Cell):
    reading = Centre().read(written, {})
    assert (reading.value, len(reading.faults)) == (None, 1)


@pytest.mark.parametrize(
    ("cell", "commune", "code"),
    [
        (49000.0, "", "49000"),
        ("49000.0", "", "49000"),
        ("49 000", "", "49000"),
        ("F-49000", "", "49000"),
        ("49000 Angers", "", "49000"),
        ("Angers 49000", "", "49000"),
        ("٤٩٠٠٠", "", ""),
        ("４９０００", "", "49000"),
        (1000, "Bourg-en-Bresse", "01000"),
        ("1000", "bourg en bresse", "01000"),
        (1000, "Angers", ""),
        (1000, "", ""),
        ("4900", "Angers", ""),
        ("490000", "Angers", ""),
        ("2A004", "Ajaccio", ""),
        (49000.5, "Angers", ""),
    ],
)
def test_a_postcode_is_five_digits(cell: Cell, commune: str, code: str):
    reading = Postcode().read(cell, {"commune": commune})
    assert (reading.value, bool(reading.faults)) == (code, not code)


def test_each_axis_reads_its_own_of_a_pair():
    assert (Latitude().read("47.4711, -0.5473", {}).value, Longitude().read("47.4711, -0.5473", {}).value) == (47.4711, -0.5473)
    assert Latitude().read(91, {}).faults[0].expected == "attendu entre −90 et 90"
    assert Longitude().read(120, {}).value == 120


def test_an_unreadable_postcode_blocks_unless_the_point_is_given():
    assert located("Angers", "4900").place is None
    assert at("Angers", "4900", *ANGERS).code_postal == ""


@pytest.mark.parametrize("nothing", ["", "-", "néant", "null"])
def test_a_postcode_left_blank_is_filled_where_the_commune_has_one_only(nothing: str):
    assert at("Cholet", nothing).code_postal == "49300"
    assert at("Angers", nothing).code_postal == ""


def test_an_insee_code_is_no_postcode():
    found = located("Angers", "49007")
    assert found.place.code_postal == ""
    assert "49000 ou 49100" in said(found, "code_postal")


def test_an_unlisted_postcode_is_kept_and_told_without_the_word_cedex():
    found = located("Angers", "49999")
    assert found.place.code_postal == "49999"
    assert "49999" in said(found, "code_postal")


@pytest.mark.parametrize("code", ["99999", "44156", "49730"])
def test_a_known_commune_is_a_place_whatever_the_postcode(code: str):
    found = located("Angers", code)
    assert found.place.commune == "Angers"
    assert code in said(found, "code_postal")


def test_commune_and_postcode_far_apart_are_withheld_with_both_readings():
    found = located("Les Ponts-de-Cé", "75001")
    assert found.place is None
    assert "Les Ponts-de-Cé (49130)" in said(found, "code_postal")
    assert "Paris" in said(found, "code_postal")
    assert at("Les Ponts-de-Cé", "75001", 47.42, -0.52).commune == "Les Ponts-de-Cé"


def test_homonyms_without_a_postcode_are_withheld_unless_the_point_decides():
    assert "Valence (82400)" in said(located("Valence"), "code_postal")
    assert located("Valence").place is None
    assert at("Valence", "", 44.1, 0.9).insee == "82186"


def test_an_unknown_commune_is_that_of_its_postcode_and_told():
    found = located("La Défense", "92800")
    assert found.place.commune == "Puteaux"
    assert "Puteaux" in said(found, "commune")


def test_a_postcode_that_no_list_knows_is_a_place_without_a_point():
    found = located("Monaco", "98000")
    assert (found.place.commune, found.place.code_postal, found.place.latitude) == ("Monaco", "98000", None)
    assert at("", "49933").code_postal == "49933"
    assert located("", "99999").place is None


def test_a_point_decides_between_communes_of_a_postcode():
    found = located("", "49730", 47.223, 0.0285)
    assert (found.place.commune, found.place.approximatif) == ("Turquant", False)
    assert "Turquant" in said(found, "commune")


def test_a_bare_point_is_named_after_the_nearest_commune():
    found = at("", "", "47,4711", "-0,5473")
    assert (found.commune, found.ancienne_commune, found.latitude, found.approximatif) == ("Angers", "", 47.4711, False)
    assert at("", "", -0.5473, 47.4711).latitude == 47.4711


def test_a_bare_point_abroad_stays_and_is_told():
    found = located("", "", 50.85, 4.35)
    assert (found.place.commune, found.place.latitude) == ("", 50.85)
    assert found.faults["latitude"]


def test_nothing_at_all_is_no_place_and_says_what_to_write():
    found = located()
    assert found.place is None
    assert "code postal" in said(found, "commune")


def test_a_point_far_from_the_commune_is_left_out_and_told():
    found = located("Saumur", "49400", *ANGERS)
    assert (found.place.latitude, found.place.approximatif) == (47.2603, True)
    assert "43 km de Saumur" in said(found, "latitude")


def test_a_point_in_a_wide_commune_is_believed():
    assert not at("Arles", "13200", 43.37, 4.72).approximatif  # Salin-de-Giraud, 35 km from the town hall


def test_a_lost_minus_is_put_back():
    found = located("Angers", "49100", 47.4711, 0.5473)
    assert found.place.longitude == -0.5473
    assert "−" in said(found, "longitude")


def test_one_coordinate_is_none():
    found = located("Angers", "49100", 47.4711)
    assert found.place.approximatif
    assert "vont ensemble" in said(found, "longitude")


def test_a_short_link_says_how_to_do():
    assert "ce lien ne contient pas" in said(located("Angers", "49100", "https://maps.app.goo.gl/abc"), "latitude")


@pytest.mark.parametrize(
    ("adresse", "commune", "code"),
    [
        ("12 rue des Lices 49100 Angers", "Angers", "49100"),
        ("BP 12345, 49933 ANGERS CEDEX 9", "Angers", "49933"),
        ("La Félière Monestier 24240", "Monestier", "24240"),
        ("LES CRAMBES à SAINT-PERDOUX (24560)", "Saint-Perdoux", "24560"),
    ],
)
def test_an_address_that_holds_everything_is_enough(adresse: str, commune: str, code: str):
    found = at(adresse=adresse)
    assert (found.commune, found.code_postal) == (commune, code)


def test_an_address_completes_the_other_cells_but_does_not_contradict_them():
    assert at("Angers", "", adresse="12 rue des Lices 49100 Angers").code_postal == "49100"
    assert at("", "49730", adresse="3 rue X 49730 Turquant").commune == "Turquant"
    assert at("Angers", "49000", adresse="12 rue des Lices 75011 Paris").code_postal == "49000"


def test_cells_that_hold_each_other_are_told_apart():
    assert at("", "49000 Angers").commune == "Angers"
    assert at("49100 Angers").code_postal == "49100"
    assert at(49300).commune == "Cholet"


def test_a_link_in_the_address_gives_the_point():
    found = at("Angers", "49100", adresse="12 rue X https://www.google.com/maps?q=47.4700,-0.5500")
    assert (found.latitude, found.longitude, found.approximatif) == (47.47, -0.55, False)


def test_overseas_is_france():
    assert at("St Denis", "97400").insee == "97411"
    assert at("Nouméa", "98800", 166.44, -22.27).latitude == -22.27
    assert at("Ajaccio", 20000).insee == "2A004"


CELLS = st.one_of(
    st.text(max_size=30),
    st.lists(
        st.sampled_from(
            [
                "49100",
                "Angers",
                "49730",
                "1000",
                "St",
                "-0,5473",
                "47.47",
                "°",
                "'",
                "N",
                "W",
                "https://",
                "@47.4,-0.5",
                "!3d4!4d5",
                "#REF!",
                ",",
                " ",
                "CEDEX",
                "Lyon",
                "7e",
                "(",
                "null",
                "Valence",
            ]
        ),
        max_size=6,
    ).map("".join),
    st.floats(),
    st.integers(-(10**18), 10**18),
    st.booleans(),
)


@tries(300)
@given(CELLS, CELLS, CELLS, CELLS, CELLS)
@example("\ud800", "0" * 9000, "1" * 9000, "°" * 9000, "9 " * 20_000)
@example("(" * 9000, "49100", "47,4711" * 3000, "N47" * 3000, "49100 " * 5000)
def test_no_line_raises_and_a_point_is_on_earth(commune: Cell, code: Cell, latitude: Cell, longitude: Cell, adresse: Cell):
    found = located(commune, code, latitude, longitude, adresse)
    assert set(found.faults) <= {"adresse", "code_postal", "commune", "latitude", "longitude"}
    if found.place is None:
        assert found.faults
        return
    assert found.place.code_postal == "" or (found.place.code_postal.isascii() and len(found.place.code_postal) == 5)
    assert (found.place.latitude is None) == (found.place.longitude is None)
    if found.place.latitude is not None:
        assert abs(found.place.latitude) <= 90
        assert abs(found.place.longitude) <= 180
    else:
        assert not found.place.approximatif
