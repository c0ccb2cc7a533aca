"""Tiles: every placed fiche is on the map once, at each zoom."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annuaire import Query, find, tile, tiles
from sheets.snapshot import Snapshot
from tests.annuaire.snapshots import NOW, snapshot
from tests.tries import tries

EMPTY = {"type": "FeatureCollection", "features": []}


def count(collection) -> int:
    return sum(feature["properties"].get("point_count", 1) for feature in collection["features"])


def tile_at(latitude: float, longitude: float, z: int) -> tuple[int, int]:
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
    return int((longitude + 180) / 360 * 2**z), int(y * 2**z)


def placed(*points: tuple[float, float]) -> Snapshot:
    return snapshot(*({"latitude": latitude, "longitude": longitude, "approximatif": True} for latitude, longitude in points))


@tries(40)
@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), max_size=30), st.integers(0, 4))
def test_the_counts_of_a_zoom_level_add_up_to_the_placed_fiches(points, z):
    shops = placed(*points)
    assert len(points) == sum(count(tile(shops, Query(), z, x, y, NOW)) for x in range(2**z) for y in range(2**z))


@pytest.mark.parametrize("z", [0, 1, 5, 9])
def test_a_point_on_an_edge_is_in_one_tile(z):
    shops = placed((0, 0), (0, 90), (85.0511287798, -180), (-90, 180))
    assert (
        sum(
            count(tile(shops, Query(), z, x, y, NOW))
            for x, y in {(x, y) for x in (0, 2**z // 2, 2**z * 3 // 4, 2**z - 1) for y in (0, 2**z // 2, 2**z - 1)}
        )
        == 4
    )


def test_only_the_fiches_of_the_query_that_have_a_place_are_there():
    shops = snapshot({"latitude": 47.4, "longitude": -0.5}, {"latitude": 47.4, "longitude": -0.5, "categorie": "Cave"}, {"categorie": "Cave"},
                     {"categorie": "Cave", "latitude": math.nan, "longitude": math.nan})  # fmt: skip
    query = Query(choices={"categorie": ("cave",)})
    assert find(shops, query, NOW).total == 3
    assert count(tile(shops, query, 0, 0, 0, NOW)) == 1


def test_a_fiche_alone_says_who_it_is_and_a_cluster_how_many():
    one = tile(placed((47.4, -0.5)), Query(), 0, 0, 0, NOW)["features"][0]
    assert one["properties"] == {"slug": "fiche-0", "nom": "Nom 0", "categorie": "Bar", "approximatif": True, "t": ""}
    assert (one["id"], one["geometry"]["coordinates"]) == ("fiche-0", [-0.5, 47.4])
    [cluster] = tile(placed((47.4, -0.5), (47.6, -0.7)), Query(), 0, 0, 0, NOW)["features"]
    assert cluster["properties"] == {"point_count": 2, "nom": "2 fiches", "t": "2"}
    assert cluster["geometry"]["coordinates"] == [-0.6, 47.5]


def test_from_zoom_17_all_are_alone_even_in_one_place():
    shops = placed(*[(47.4, -0.5)] * 3)
    x, y = tile_at(47.4, -0.5, 17)
    assert len(tile(shops, Query(), 17, x, y, NOW)["features"]) == 3
    x, y = tile_at(47.4, -0.5, 16)
    assert len(tile(shops, Query(), 16, x, y, NOW)["features"]) == 1


def test_a_tile_is_bounded_and_still_adds_up(monkeypatch):
    monkeypatch.setattr(tiles, "MOST_ALONE", 2)
    shops = placed(*[(47.4, -0.5)] * 5)
    found = tile(shops, Query(), 17, *tile_at(47.4, -0.5, 17), NOW)
    assert (len(found["features"]), count(found)) == (3, 5)


@pytest.mark.parametrize("place", [(-1, 0, 0), (99, 0, 0), (10**9, 0, 0), (2, 4, 0), (2, 0, -1), (0, 1, 0)])
def test_a_tile_that_does_not_exist_is_empty(place):
    assert tile(placed((47.4, -0.5)), Query(), *place, NOW) == EMPTY


def test_tiles_are_strict_json():
    json.dumps(tile(placed((47.4, -0.5), (-12.0, 96.8)), Query(), 0, 0, 0, NOW), allow_nan=False)


@pytest.mark.parametrize(("number", "text"), [(2, "2"), (999, "999"), (1234, "1,2k"), (1999, "1,9k"), (12_345, "12k")])
def test_a_count_fits_in_its_disc(number, text):
    assert text == tiles._short(number)
