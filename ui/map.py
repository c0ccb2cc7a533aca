"""The maps. Points come by tile from `/tuiles/…`, never with the page."""

import math
import sys
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

sys.modules.setdefault("pydeck.widget", None)  # type: ignore[arg-type]  # Deck() retries this failing import at every call, under the import lock
import pydeck as pdk  # noqa: E402

from annuaire import Query, place_of  # noqa: E402
from sheets.snapshot import Snapshot  # noqa: E402

FRANCE = (46.6, 2.4, 4.6)
"""Latitude, longitude and zoom where nothing says where the territory is."""
LAYER = "fiches"
CLOSEST_TILES = 17
"""From this zoom on every fiche is drawn alone."""


def directory(snapshot: Snapshot, query: Query) -> pdk.Deck:
    """Every placed fiche of the query, as points and clusters."""
    asked = urlencode([pair for pair in query.pairs() if pair[0] not in ("page", "tri")])
    color = _rgb(snapshot.site.color)
    layer = pdk.Layer(
        "TileLayer",
        id=LAYER,
        data=f"/tuiles/{{z}}/{{x}}/{{y}}.json?{asked}&v={snapshot.version[:8]}",
        max_zoom=CLOSEST_TILES,
        tile_size=512,
        pickable=True,
        point_type=pdk.types.String("circle+text"),
        point_radius_units=pdk.types.String("pixels"),
        get_point_radius="properties.t ? 17 : 9",
        get_fill_color=[*color, 225],
        get_line_color=[255, 255, 255],
        line_width_units=pdk.types.String("pixels"),
        get_line_width=2,
        stroked=True,
        get_text="properties.t",
        get_text_color=[255, 255, 255],
        text_font_family=pdk.types.String("system-ui, sans-serif"),
        get_text_size=13,
        auto_highlight=True,
    )
    latitude, longitude, zoom = view(snapshot, query)
    return _deck(layer, latitude, longitude, zoom, {"text": "{nom}"})


def fiche(record: Mapping[str, Any], color: str) -> pdk.Deck:
    """One fiche's own point; a wide pale disc where only the commune is known."""
    around = record["approximatif"]
    layer = pdk.Layer(
        "ScatterplotLayer",
        id="point",
        data=[{"position": [record["longitude"], record["latitude"]]}],
        get_position="position",
        get_fill_color=[*_rgb(color), 70 if around else 235],
        get_radius=800 if around else 9,
        radius_units=pdk.types.String("meters" if around else "pixels"),
        stroked=not around,
        get_line_color=[255, 255, 255],
        line_width_min_pixels=2,
    )
    return _deck(layer, record["latitude"], record["longitude"], 11 if around else 14, None)


def view(snapshot: Snapshot, query: Query) -> tuple[float, float, float]:
    """Where the map opens: around the place asked for, else on the territory, else on all the fiches."""
    near = place_of(query, snapshot.site.centre)
    if near is not None:
        return near.latitude, near.longitude, max(5.0, min(14.0, 13.5 - math.log2(query.rayon)))
    if snapshot.site.centre is not None:
        return *snapshot.site.centre, snapshot.site.zoom
    placed = snapshot.fiches[["latitude", "longitude"]].dropna()
    if placed.empty:
        return FRANCE
    low, middle, high = (placed.quantile(share) for share in (0.05, 0.5, 0.95))
    degrees = max(high["latitude"] - low["latitude"], (high["longitude"] - low["longitude"]) * 0.7, 0.02)
    return float(middle["latitude"]), float(middle["longitude"]), max(4.0, min(13.0, math.log2(180 / degrees)))


def _deck(layer: pdk.Layer, latitude: float, longitude: float, zoom: float, tooltip: Any) -> pdk.Deck:
    return pdk.Deck(
        layers=[layer],
        initial_view_state=pdk.ViewState(latitude=latitude, longitude=longitude, zoom=zoom, min_zoom=3, max_zoom=18),
        map_provider="carto",
        map_style="/carte/style.json",
        tooltip=tooltip,
    )


def _rgb(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
