"""What the map opens on, how its points look, and the words beside it."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annuaire import Query
from fields.points import Point
from schema import Site
from tests.annuaire.snapshots import NOW, snapshot
from ui import dessins, legend, map
from ui.colours import channels

ANGERS, SAUMUR = {"latitude": 47.47, "longitude": -0.55}, {"latitude": 47.26, "longitude": -0.07}


def pixels(view: map.View, latitude: float, longitude: float) -> tuple[float, float]:
    """Where a point is on the screen, from its middle."""
    scale = map.TILE * 2**view.zoom
    across = (longitude - view.longitude) / 360 * scale
    return across, (map.row_of(latitude) - map.row_of(view.latitude)) * scale


@given(st.floats(-80, 80), st.floats(-179, 178), st.floats(0, 1), st.floats(0, 1))
def test_all_of_what_is_fitted_is_seen(south, west, height, width):
    """Each corner, with what stands around it."""
    view = map.fitted(south, west, south + height, west + width)
    for latitude in (south, south + height):
        for longitude in (west, west + width):
            across, down = pixels(view, latitude, longitude)
            assert abs(across) <= map.CLEAR[0] / 2 + 1e-6
            assert abs(down) <= map.CLEAR[1] / 2 + 1e-3
    assert map.FURTHEST <= view.zoom <= map.CLOSEST_FIT


def test_the_map_fits_what_is_found_and_with_no_choice_opens_where_the_team_says():
    shops = snapshot({"categorie": "Cave", **ANGERS}, {"categorie": "Bar", **SAUMUR}, site=Site(centre=(46.0, 1.0), zoom=8.0))
    assert map.view(shops, Query(), NOW) == (46.0, 1.0, 8.0)
    assert map.view(shops, Query(page=2, tri="nom"), NOW) == (46.0, 1.0, 8.0)
    alone = map.view(shops, Query(choices={"categorie": ("cave",)}), NOW)
    assert alone == pytest.approx((47.47, -0.55, map.CLOSEST_FIT))
    both = map.view(shops, Query(choices={"categorie": ("cave", "bar")}), NOW)
    assert (both.latitude, both.longitude) == pytest.approx((47.365, -0.31), abs=0.01)


def test_the_place_asked_for_is_on_the_map_with_what_is_near():
    shops = snapshot({"categorie": "Cave", **ANGERS})
    view = map.view(shops, Query(pres="47.40,-0.55", rayon=20), NOW)
    assert (view.latitude, view.longitude) == pytest.approx((47.435, -0.55), abs=0.001)
    nothing = map.view(shops, Query(pres="45.0,3.0", rayon=20), NOW)
    assert (nothing.latitude, nothing.longitude) == (45.0, 3.0)


@pytest.mark.parametrize("query", [Query(q="zzzz"), Query()])
def test_without_any_fiche_the_map_shows_france(query):
    assert map.view(snapshot(), query, NOW) == map.FRANCE


MARKET = Point("Marché de Cholet, samedi 8h-13h", "Marché de Cholet", "", "Cholet", "", "", "Sa 08:00-13:00", 47.06, -0.88)


def test_the_map_of_a_query_fits_the_other_points_of_sale_too():
    """Also where the fiche itself has no place."""
    shops = snapshot({"categorie": "Cave", "points": (MARKET,)}, {"categorie": "Bar", "points": (MARKET,), **SAUMUR})
    lone = map.view(shops, Query(choices={"categorie": ("cave",)}), NOW)
    assert lone == pytest.approx((47.06, -0.88, map.CLOSEST_FIT))
    both = map.view(shops, Query(choices={"categorie": ("bar",)}), NOW)
    assert (both.latitude, both.longitude) == pytest.approx((47.16, -0.475), abs=0.01)


def test_a_fiche_s_own_map_shows_where_else_it_sells():
    """All of them seen at once, each with its name for those who do not see them."""
    shops = snapshot(
        {"nom": "Ferme", "points": (MARKET, MARKET._replace(latitude=None, longitude=None)), **SAUMUR}, {"points": ()}
    )
    record = shops.records([0])[0]
    drawn = json.loads(map.fiche(record, "#2e7d32").to_json())
    own, others = (layer["data"] for layer in drawn["layers"])
    assert [each["position"] for each in own] == [[-0.07, 47.26]]
    assert [(each["position"], each["dit"]) for each in others] == [([-0.88, 47.06], "Marché de Cholet")]
    assert drawn["initialViewState"]["longitude"] == pytest.approx(-0.475)
    assert "Marché de Cholet" in map.told(record)
    assert map.fiche(shops.records([1])[0], "#2e7d32") is None


def test_a_fiche_s_own_map_is_lower_and_still_shows_its_markets():
    """A farm between two markets, one north and one south of it: all three with the ring around them."""
    north, south = MARKET._replace(latitude=47.47, longitude=-0.55), MARKET._replace(latitude=47.06, longitude=-0.88)
    shops = snapshot({"nom": "Ferme", "points": (north, south), "latitude": 47.36, "longitude": -0.45})
    seen = map.View(
        **{
            key: json.loads(map.fiche(shops.records([0])[0], "#2e7d32").to_json())["initialViewState"][key]
            for key in map.View._fields
        }
    )
    for place in (north, south):
        across, down = pixels(seen, place.latitude, place.longitude)
        assert abs(across) + 12 <= 358 / 2
        assert abs(down) + 12 <= map.FICHE_HEIGHT / 2


def test_turning_the_page_changes_nothing_of_the_map():
    """Neither its data nor its view."""
    shops = snapshot({"categorie": "Cave", **ANGERS}, {"categorie": "Bar", **SAUMUR})
    first, second = (map.directory(shops, Query(q="cave", page=page), NOW).to_json() for page in (1, 2))
    assert first == second


def test_a_point_has_its_category_s_colour_and_an_approximate_one_is_a_ring():
    exact = legend.painted({"nom": "Chez <b>", "categorie": "Cave", "approximatif": False}, 12)
    vague = legend.painted({"nom": "Chez <b>", "categorie": "Cave", "approximatif": True}, 12)
    color = channels(dessins.colour("Cave"))
    assert (exact["fond"][:3], vague["bord"][:3]) == (color, color)
    assert vague["fond"][:3] == exact["bord"][:3] == (255, 255, 255)
    assert exact["dit"] == "Chez <b>\nCave"
    assert "approximatif" in vague["dit"]


def test_a_cluster_says_how_many_and_opens_where_it_is():
    cluster = {"geometry": {"coordinates": [-0.5, 47.4]}, "properties": {"point_count": 12, "nom": "12 fiches", "t": "12"}}
    cluster["properties"] |= legend.painted(cluster["properties"], 9)
    assert cluster["properties"]["dit"].startswith("12 fiches")
    assert map.around(cluster) == (47.4, -0.5, 9 + legend.CLOSER)


def test_a_point_of_sale_is_drawn_as_its_fiche_and_leads_to_it():
    """Its `point_count` of 0 makes no cluster of it."""
    stall = {
        "slug": "a",
        "nom": "Ferme : Marché de Cholet",
        "categorie": "Cave",
        "approximatif": False,
        "lieu": "Marché de Cholet",
    }
    painted = legend.painted({**stall, "point_count": 0}, 9)
    assert painted == legend.painted(stall, 9)
    assert "vers" not in painted


def test_the_legend_names_each_category_found_beside_its_colour():
    """Those of the results, escaped; approximate places where there are some."""
    shops = snapshot(
        {"categorie": "Cave", **ANGERS}, {"categorie": "Bar", "approximatif": True, **SAUMUR}, {"categorie": "Mode"}
    )
    whole = legend.legend(shops, Query(), NOW)
    assert f'style="background:{dessins.colour("Cave")}" aria-hidden="true"></span>Cave' in whole
    assert "lieu approximatif" in whole
    cellar = legend.legend(shops, Query(choices={"categorie": ("cave",)}), NOW)
    assert "Cave" in cellar
    assert "Bar" not in cellar
    assert "lieu approximatif" not in cellar


def test_a_category_nobody_proposed_is_other():
    """In the legend as on the map."""
    shops = snapshot({"categorie": "Licornerie <b>", **ANGERS})
    assert ">Autre<" in legend.legend(shops, Query(), NOW)
    strange = legend.legend(shops, Query(choices={"categorie": ("licornerie-b",)}), NOW)
    assert ">Autre<" in strange
    assert math.isfinite(legend.painted({"nom": "x", "categorie": "Licornerie", "approximatif": False}, 1)["fond"][0])
