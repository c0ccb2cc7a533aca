"""The fiches as open data, to the letter of the contract."""

import csv
import io
import json

import pytest

from web import beside

KEYS = (
    "slug url nom categorie activite produits description adresse code_postal commune autres_points_de_vente telephone site facebook instagram autre_reseau horaires "
    "opening_hours horaires_exceptionnels ferme_du ferme_au accueil livraison conditions_de_livraison paiement monnaie labels photo infos latitude longitude approximatif "
    "verifie_le updated_at"
).split()


def strict(text: str):
    """JSON, NaN and Infinity refused."""
    return json.loads(text, parse_constant=lambda name: (_ for _ in ()).throw(ValueError(name)))


def rows_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_json_has_the_contract_s_keys(client):
    """Total, date, licence, and every key of a fiche in order; lists are lists, numbers are numbers."""
    content = strict(client.get("/api/fiches.json").text)
    assert list(content) == ["total", "updated_at", "licence", "fiches"]
    assert content["total"] == 6
    halte = next(each for each in content["fiches"] if each["slug"] == "la-halte")
    assert list(halte) == KEYS
    assert halte["livraison"] == ["Retrait sur place", "Point relais"]
    assert halte["latitude"] == 47.4711
    assert halte["url"] == "http://conso.example/fiche?f=la-halte"


def test_geojson_is_longitude_first_and_null_without_a_place(client):
    """RFC 7946, open to other sites."""
    answer = client.get("/api/fiches.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    by_id = {feature["id"]: feature for feature in strict(answer.text)["features"]}
    assert by_id["la-halte"]["geometry"] == {"type": "Point", "coordinates": [-0.5473, 47.4711]}
    assert by_id["sans-lieu"]["geometry"] is None


def test_csv_is_for_spreadsheets_and_harmless_in_them(client):
    """BOM, commas, or semicolons when asked; no cell that a spreadsheet would run; numbers stay numbers."""
    answer = client.get("/api/fiches.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = {row["slug"]: row for row in rows_of(answer)}
    assert rows["formule"]["nom"].startswith("'=HYPERLINK")
    assert rows["formule"]["description"] == "'-10 % le mardi"
    assert rows["la-halte"]["longitude"] == "-0.5473"
    assert rows["la-halte"]["livraison"] == "Retrait sur place; Point relais"
    assert client.get("/api/fiches.csv?sep=%3B").text.splitlines()[0].count(";") == len(KEYS) - 1


def test_the_same_query_filters_every_face(client):
    """Nothing found is an empty collection, or the header alone."""
    assert strict(client.get("/api/fiches.json?categorie=artisan").text)["total"] == 1
    assert strict(client.get("/api/fiches.geojson?q=zzzzzz").text)["features"] == []
    assert rows_of(client.get("/api/fiches.csv?q=zzzzzz")) == []


def test_page_is_ignored_by_open_data(client):
    """All rows of the query, whatever the page."""
    assert strict(client.get("/api/fiches.json?page=2").text)["total"] == 6


@pytest.mark.slow
@pytest.mark.parametrize("at_once", [0, beside.AT_ONCE])
def test_tiles_add_up(client, monkeypatch, at_once):
    """The counts of one zoom level are the query's placed fiches; an empty tile is no error."""
    monkeypatch.setattr(beside, "AT_ONCE", at_once)
    counted = 0
    for x in range(16):
        for y in range(16):
            for feature in strict(client.get(f"/tuiles/4/{x}/{y}.json").text)["features"]:
                counted += feature["properties"].get("point_count", 1)
    assert counted == 5
    assert client.get("/tuiles/4/99/99.json").json()["features"] == []
