"""The fiches as OpenStreetMap writes them."""

from datetime import date

from geojson_pydantic import FeatureCollection

import schema
from web import osm

BAKERY = {
    "nom": "Pain d'ici", "categorie": "Boulangerie", "adresse": "3 bis, place Travot", "code_postal": "49300", "commune": "Cholet",
    "opening_hours": "Tu-Sa 07:00-13:00", "telephone": "02 61 91 00 42", "site": "https://pain.example", "facebook": "", "instagram": "",
    "paiement": ("Espèces", "Paiement en ligne"), "labels": ("Nature & Progrès",), "livraison": ("Livraison à domicile",), "monnaie": True,
    "activite": "Pain au levain", "description": "", "photo": "", "verifie_le": date(2026, 11, 24),
}  # fmt: skip


def test_a_fiche_has_the_tags_of_the_map():
    assert {
        "name": "Pain d'ici", "shop": "bakery", "addr:housenumber": "3 bis", "addr:street": "place Travot", "addr:postcode": "49300",
        "addr:city": "Cholet", "opening_hours": "Tu-Sa 07:00-13:00", "contact:phone": "+33261910042", "contact:website": "https://pain.example",
        "payment:cash": "yes", "organic": "yes", "delivery": "yes", "currency:XLT": "MUSE", "description": "Pain au levain",
        "check_date": "2026-11-24",
    } == osm.tags(BAKERY, "MUSE")  # fmt: skip


def test_what_is_not_known_is_no_tag():
    """No `no` for what was not ticked; a value longer than OSM takes is left out; a category nobody proposed is a shop."""
    tags = osm.tags({**BAKERY, "categorie": "Chapelier", "monnaie": None, "adresse": "La Motte", "activite": "x" * 256}, "")
    assert "yes" == tags["shop"]
    assert "La Motte" == tags["addr:full"]
    assert not {"currency:XLT", "description", "payment:cards", "addr:street"} & tags.keys()
    assert "no" == osm.tags({**BAKERY, "monnaie": False}, "MUSE")["currency:XLT"]


def test_each_choice_of_the_form_is_known_or_left_out_on_purpose():
    assert set(schema.CATEGORIES) == set(osm.CATEGORIES)
    assert set(osm.PAYMENTS) == set(schema.PAYMENTS) - {"Paiement en ligne"}
    assert set(osm.LABELS) <= set(schema.LABELS)
    assert set(osm.DELIVERY) <= set(schema.DELIVERY)


def test_the_collection_is_geojson_under_the_same_query(client):
    """Validated by another's model; the properties are tags alone."""
    answer = client.get("/api/osm.geojson?categorie=boulangerie")
    features = FeatureCollection.model_validate_json(answer.text).features
    assert {"application/geo+json", "*"} == {answer.headers["content-type"], answer.headers["access-control-allow-origin"]}
    assert {"bakery"} == {feature.properties["shop"] for feature in features}
    assert any(feature.id == "sans-lieu" and feature.geometry is None for feature in features)


def test_every_face_is_geojson_for_another_reader(client):
    FeatureCollection.model_validate_json(client.get("/api/fiches.geojson").text)
