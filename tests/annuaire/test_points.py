"""Other points of sale in the directory: each counts for who is open, who is near, and the map."""

from datetime import UTC, date, datetime
from typing import Any

from annuaire import Query, find, loosen, parse, selling, tile
from fields.points import points_of
from sheets.snapshot import Snapshot
from tests.annuaire.snapshots import NOW, snapshot
from tests.annuaire.test_tiles import count, tile_at

SATURDAY = datetime(2026, 11, 28, 9, tzinfo=UTC)
"""10 h in Paris."""
CHOLET = {"commune": "Cholet", "code_postal": "49300", "insee": "49099", "latitude": 46.995, "longitude": -0.894}


def grower(points: str, **fiche: Any) -> dict[str, Any]:
    record = {**CHOLET, "autres_points_de_vente": points, **fiche}
    return {**record, "points": points_of(record)}


def rows(found: Snapshot, now: datetime = SATURDAY, **asked: str) -> list[int]:
    return sorted(find(found, parse(asked.items()), now).rows.tolist())


LAFAYETTE = "Marché Lafayette, Angers, samedi 8h-13h"
FARM = grower(f"{LAFAYETTE}\nMarché de Saumur, dimanche 9h-12h", nom="Ferme", opening_hours="Mo-Fr 09:00-12:00")
SHOP = {"nom": "Boutique", "latitude": 47.47, "longitude": -0.55, "opening_hours": "Mo-Fr 09:00-19:00"}
TOWN = snapshot(FARM, SHOP)


def test_open_at_a_market_is_open() -> None:
    assert rows(TOWN, ouvert="1") == [0]
    assert rows(TOWN, ouvert="2026-11-28T13:00") == []
    assert rows(TOWN, ouvert="2026-11-29T10:00") == [0]
    assert rows(TOWN, ouvert="2026-11-27T10:00") == [0, 1]


def test_a_shop_that_is_away_stands_on_no_market() -> None:
    for away in ({"ferme_du": date(2026, 11, 20), "ferme_au": date(2026, 11, 30)}, {"ferme_du": date(2026, 11, 28)},
                 {"horaires_exceptionnels": "Fermé le 28 novembre 2026", "verifie_le": date(2026, 11, 1)}):  # fmt: skip
        closed = snapshot({**FARM, **away})
        assert rows(closed, ouvert="1") == []
        assert list(selling(closed.fiche("fiche-0") or {}, SATURDAY)) == []


def test_hours_of_its_own_at_home_say_nothing_of_a_market() -> None:
    home = {"horaires_exceptionnels": "Ouvert le 28 novembre 2026 de 15h à 18h", "verifie_le": date(2026, 11, 1)}
    assert rows(snapshot({**FARM, **home}), ouvert="2026-11-28T10:00") == [0]


def test_a_farm_whose_door_is_shut_still_sells_on_its_market() -> None:
    assert rows(snapshot({**FARM, "accueil": "Livraison ou retrait seulement"}), ouvert="1") == [0]


def test_the_nearest_of_shop_and_points_counts_and_is_named() -> None:
    result = find(TOWN, parse([("pres", "angers"), ("tri", "distance")]), SATURDAY)
    assert list(result.rows) == [0, 1]
    assert [point and point.titre for point in result.page_nearest] == ["Marché Lafayette, Angers", None]
    assert result.page_distances[0] == 0
    at_home = find(TOWN, parse([("pres", "cholet")]), SATURDAY)
    assert ([0], (None,)) == (list(at_home.rows), at_home.page_nearest)
    assert find(TOWN, parse([("pres", "saumur")]), SATURDAY).page_nearest[0].titre == "Marché de Saumur"


def test_open_nearby_is_said_of_one_place() -> None:
    """Open on a market far away while its shop nearby is shut: neither is what was asked."""
    assert rows(TOWN, ouvert="1", pres="cholet") == []
    assert rows(TOWN, ouvert="1", pres="angers") == [0]
    assert rows(TOWN, ouvert="1", pres="saumur") == []
    advice = loosen(TOWN, parse([("ouvert", "1"), ("pres", "cholet")]), SATURDAY)
    assert [(each.label, each.total) for each in advice] == [("Sans l'heure d'ouverture", 1), ("Sans la distance", 1)]


def test_the_order_by_distance_is_that_of_the_open_places() -> None:
    near = snapshot(
        grower("Marché de Trélazé, samedi 8h-13h", latitude=47.471, longitude=-0.547),
        grower("Marché Lafayette, Angers, samedi 8h-13h"),
    )
    assert list(find(near, parse([("pres", "angers"), ("ouvert", "1"), ("tri", "distance")]), SATURDAY).rows) == [1, 0]


def test_every_point_is_on_the_map_and_the_fiche_counts_once() -> None:
    for z in (0, 5, 9, 14, 17):
        places = {tile_at(46.995, -0.894, z), tile_at(47.47109, -0.54731, z), tile_at(47.2603, -0.07646, z)}
        features = [feature for x, y in places for feature in tile(snapshot(FARM), Query(), z, x, y, NOW)["features"]]
        assert count({"features": features}) == 1
    x, y = tile_at(47.47109, -0.54731, 14)
    [stall] = tile(snapshot(FARM), Query(), 14, x, y, NOW)["features"]
    assert stall["properties"] == {
        "slug": "fiche-0", "nom": "Ferme : Marché Lafayette, Angers", "categorie": "Bar", "approximatif": True, "t": "",
        "lieu": "Marché Lafayette, Angers", "point_count": 0,
    }  # fmt: skip
    assert stall["id"] != "fiche-0"


def test_a_cluster_says_fiches_and_points() -> None:
    [cluster] = tile(snapshot(FARM, SHOP), Query(), 0, 0, 0, NOW)["features"]
    assert cluster["properties"] == {"point_count": 2, "nom": "2 fiches et 2 points de vente", "t": "4"}


def test_a_point_where_the_fiche_or_another_of_its_points_already_is_is_drawn_once() -> None:
    centre = {"latitude": 46.99519, "longitude": -0.89449}
    twice = snapshot(
        grower(
            "Marché de Cholet, samedi\nMarché Travot, Cholet, mardi\nMarché de Saumur, lundi\nHalles de Saumur, mardi", **centre
        )
    )
    [cluster] = tile(twice, Query(), 0, 0, 0, NOW)["features"]
    assert cluster["properties"]["t"] == "2"


def test_a_fiche_without_a_point_of_its_own_is_on_its_markets() -> None:
    homeless = snapshot(grower(LAFAYETTE, latitude=None, longitude=None))
    [stall] = tile(homeless, Query(), 0, 0, 0, NOW)["features"]
    assert (stall["properties"]["slug"], stall["properties"]["point_count"]) == ("fiche-0", 0)
    assert rows(homeless, pres="angers") == [0]


def test_what_a_query_leaves_out_has_no_point_on_the_map() -> None:
    assert tile(TOWN, parse([("q", "boutique")]), 0, 0, 0, NOW)["features"][0]["properties"]["nom"] == "Boutique"


def test_products_are_found_before_all_but_names() -> None:
    shops = snapshot(
        {"nom": "Un", "activite": "Tomates"},
        {"nom": "Deux", "produits": "salades, tomates anciennes"},
        {"nom": "Trois", "description": "Des tomates.", "categorie": "Primeur"},
        {"nom": "Aux Tomates"},
        {"nom": "Cinq", "labels": ("Tomates",)},
        {"nom": "Six", "categorie": "Tomates"},
    )
    found = [shops.fiches["nom"][row] for row in find(shops, parse([("q", "tomate")]), NOW).rows]
    assert found[:2] == ["Aux Tomates", "Deux"]
    assert set(found) == {"Un", "Deux", "Trois", "Aux Tomates", "Cinq", "Six"}
