"""The table of communes against its sources, and names as people type them."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fields import commune_names, communes
from fields.cell import slugify
from tests.tries import tries

ROOT = Path(__file__).resolve().parents[2]
PLACES = ROOT.parent / "shared" / "data" / "places"


def _records(name: str) -> list[dict[str, str]]:
    if not PLACES.exists():
        pytest.skip("the shared tables are not beside this checkout")
    return list(csv.DictReader((PLACES / name).open(encoding="utf-8")))


def _places() -> list[communes.Place]:
    return [communes._place(row) for row in range(len(communes._table().insee))]


@pytest.mark.slow
def test_every_commune_is_that_of_the_shared_table():
    table = {place.insee: place for place in _places() if isinstance(place, communes.Commune)}
    records = _records("communes-france.csv")
    assert {record["code_insee"] for record in records} == set(table)
    for record in records:
        place = table[record["code_insee"]]
        assert (record["nom"], tuple(record["codes_postaux"].split())) == (place.name, place.postcodes)
        assert int(record["population"] or 0) == place.population
        if record["lat"]:
            assert (float(record["lat"]), float(record["lon"])) == pytest.approx((place.latitude, place.longitude), abs=2e-5)
        else:
            assert place.latitude is None


def test_every_former_commune_of_the_department_is_found_at_its_own_point():
    for record in _records("anciennes-communes-49.csv"):
        place = communes.by_slug(slugify(record["nom"]), around=(float(record["lat"]), float(record["lon"])))
        assert place.name == record["nom"]
        assert communes.whole(place).insee == record["code_actuel"]
        assert communes.distance_km(place.latitude, place.longitude, float(record["lat"]), float(record["lon"])) < 1


def test_the_quick_keys_are_the_keys():
    for key, row in zip(*communes._table().by_key, strict=True):
        name = communes._place(int(row)).name
        assert "Arrondissement" in name or key.decode() == commune_names.key(name)


def test_import_reads_nothing():
    code = "from fields import communes; print(communes._table.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("Angers", "", "Angers"),
        ("ANGERS CEDEX 9", "49933", "Angers"),
        ("Ancenis Cedex", "44156", "Ancenis-Saint-Géréon"),
        ("st barthelemy d’anjou", "", "Saint-Barthélemy-d'Anjou"),
        ("Ste Gemmes s/ Loire", "49130", "Sainte-Gemmes-sur-Loire"),
        ("Juigné s/Loire", "", "Juigné-sur-Loire"),
        ("Chalonnes s Loire", "49290", "Chalonnes-sur-Loire"),
        ("STAINS", "93240", "Stains"),
        ("L’Haÿ les roses", "94240", "L'Haÿ-les-Roses"),
        ("Haÿ-les-Roses (L')", "94240", "L'Haÿ-les-Roses"),
        ("Mans (Le)", "", "Le Mans"),
        ("Saint Georges", "49170", "Saint-Georges-sur-Loire"),
        ("Angers (Doutre)", "49100", "Angers"),
        ("Segré-en-Anjou Bleu (L'Hôtellerie-de-Flée)", "49500", "L'Hôtellerie-de-Flée"),
        ("49100 Angers", "49100", "Angers"),
        ("Valence", "26000", "Valence"),
        ("Saint-Denis", "97400", "Saint-Denis"),
        ("Plœuc sur Lié", "22150", "Plœuc-sur-Lié"),
    ],
)
def test_names_are_understood_as_people_write_them(text: str, code: str, name: str):
    assert communes.named(text, code).name == name
    assert not communes.find(text, code).misspelled


@pytest.mark.parametrize(
    ("text", "code", "number", "city"),
    [
        ("Lyon 7ème", "69007", 7, "Lyon"),
        ("LYON 07", "69007", 7, "Lyon"),
        ("Lyon", "69003", 3, "Lyon"),
        ("Paris XIe", "75011", 11, "Paris"),
        ("paris 1er", "", 1, "Paris"),
        ("Paris 20 arr.", "", 20, "Paris"),
        ("Paris", "75116", 16, "Paris"),
        ("6e arrondissement", "13006", 6, "Marseille"),
        ("Marseille VIe", "", 6, "Marseille"),
        ("13ème", "13013", 13, "Marseille"),
    ],
)
def test_arrondissements_are_parts_of_their_city(text: str, code: str, number: int, city: str):
    place = communes.named(text, code)
    assert place.name in (f"{city} {number}e Arrondissement", f"{city} {number}er Arrondissement")
    assert communes.whole(place).name == city
    assert not place.former


@pytest.mark.parametrize(
    "text", ["6e arrondissement", "Paris 21e", "XX", "Valence", "Saint-Aubin", "", "nulle part", "-", "49", "Turcant"]
)
def test_what_does_not_decide_is_nothing(text: str):
    assert communes.named(text) is None


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("Turcant", "49730", "Turquant"),
        ("Parnac", "49730", "Parnay"),
        ("Chalonne", "49290", "Chalonnes-sur-Loire"),
        ("Chollet", "49300", "Cholet"),
        ("Sait Mard", "80700", "Saint-Mard"),
    ],
)
def test_a_misspelling_is_understood_only_with_its_postcode(text: str, code: str, name: str):
    found = communes.find(text, code)
    assert (found.place.name, found.misspelled) == (name, True)
    assert communes.named(text, "33000") is None


def test_a_misspelling_close_to_two_names_is_not_guessed():
    assert communes.named("Saint-Aubin-de-Lu", "49170") is None


def test_a_name_of_another_department_than_the_postcode_is_not_believed():
    """«Le Bourg» is a hamlet everywhere, and a commune of the Lot."""
    found = communes.find("Le Bourg", "49170")
    assert found.place is None
    assert [place.postcodes for place in found.homonyms] == [("46120",)]


def test_slugs_name_communes_and_former_communes():
    assert communes.by_slug("angers").insee == "49007"
    former = communes.by_slug("juigne-sur-loire")
    assert former.former
    assert former.commune.name == "Les Garennes sur Loire"
    assert communes.by_slug("nullepart") is None


def test_a_slug_of_homonyms_is_the_most_populous_or_the_nearest():
    assert communes.by_slug("valence").insee == "26362"
    assert communes.by_slug("valence", around=(44.1, 0.9)).insee == "82186"


def test_shared_postcodes_give_all_their_communes():
    assert {commune.name for commune in communes.with_postcode("49730")} == {
        "Montsoreau",
        "Parnay",
        "Turquant",
        "Varennes-sur-Loire",
    }
    assert communes.with_postcode("00000") == ()


def test_the_nearest_place_is_named_unless_it_is_far():
    assert communes.near(47.4711, -0.5473).name == "Angers"
    assert communes.near(0, 0) is None


def test_distances_are_those_of_the_globe_for_numbers_and_arrays():
    assert communes.distance_km(48.8566, 2.3522, 45.7640, 4.8357) == pytest.approx(391.5, abs=1)
    assert communes.distance_km(0, 0, 0, 180) == pytest.approx(np.pi * communes.EARTH_RADIUS_KM)
    several = communes.distance_km(np.array([47.0, 48.0]), np.array([0.0, 0.0]), 47.0, 0.0)
    assert several.tolist() == pytest.approx([0, 111.195], abs=0.01)


@tries(60)
@given(st.integers(0, 34_000))
def test_any_commune_is_found_by_its_name_and_postcode_however_written(number: int):
    commune = communes._commune(number)
    for code in commune.postcodes:
        for written in (
            commune.name.upper(),
            slugify(commune.name),
            slugify(commune.name).replace("saint", "st").replace("-", " "),
        ):
            found = communes.find(written, code)
            assert found.place is not None or len(found.homonyms) > 1
            if found.place:
                assert communes.whole(found.place).insee == commune.insee
