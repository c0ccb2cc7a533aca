"""The maps. Points come by tile from `/tuiles/…`, never with the page."""

import json
import math
import sys
from collections.abc import Mapping
from copy import copy
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlencode

sys.modules.setdefault("pydeck.widget", None)  # type: ignore[arg-type]  # Deck() retries this failing import at every call, under the import lock
import pydeck as pdk  # noqa: E402
from pydeck.bindings.json_tools import default_serialize  # noqa: E402

import annuaire  # noqa: E402
from annuaire import Query, place_of  # noqa: E402
from sheets.snapshot import Snapshot  # noqa: E402
from ui.colours import channels  # noqa: E402
from words import _  # noqa: E402


class View(NamedTuple):
    """What a map shows: its middle in degrees, its zoom (the world is `TILE` pixels wide at 0)."""

    latitude: float
    longitude: float
    zoom: float


class Deck(pdk.Deck):
    """pydeck's own, written in a fifth of the time: without indentation."""

    def to_json(self) -> str:
        return json.dumps(self, sort_keys=True, default=default_serialize)


FRANCE = View(46.6, 2.4, 4.6)
"""Where nothing says where the territory is."""
TILE = 512
CLEAR = (290, 360)
"""Pixels across and down that are seen on every screen, discs and buttons aside."""
FICHE_HEIGHT = 260
"""Pixels of a fiche's own map."""
FICHE_CLEAR = (CLEAR[0], FICHE_HEIGHT - 60)
FURTHEST = 1.0
CLOSEST_FIT = 15.0
"""Zoom at which a lone fiche is shown with the streets around it."""
LAYER = "fiches"
CLOSEST_TILES = 17
"""From this zoom on every fiche is drawn alone."""


def directory(snapshot: Snapshot, query: Query, now: datetime, opened: View | None = None) -> Deck:
    """Every placed fiche of the query, as points and clusters (`ui/legend.py` paints them). `opened`: the cluster to approach."""
    deck = copy(_points())
    layer = copy(deck.layers[0])
    asked = urlencode([pair for pair in query.pairs() if pair[0] not in ("page", "tri")])
    layer.data = f"/tuiles/{{z}}/{{x}}/{{y}}.json?{asked}&v={snapshot.version[:8]}"
    deck.layers, deck.initial_view_state = [layer], _seen(opened or view(snapshot, query, now))
    return deck


@lru_cache(1)
def _points() -> Deck:
    """The map of the directory, of which only the view and the address of the points are another each time."""
    layer = pdk.Layer(
        "TileLayer",
        id=LAYER,
        data="",
        max_zoom=CLOSEST_TILES,
        tile_size=annuaire.TILE_PIXELS,
        pickable=True,
        point_type=pdk.types.String("circle+text"),
        point_radius_units=pdk.types.String("pixels"),
        get_point_radius="properties.t ? 17 : 9",
        get_fill_color="properties.fond",
        get_line_color="properties.bord",
        line_width_units=pdk.types.String("pixels"),
        get_line_width=2.5,
        stroked=True,
        get_text="properties.t",
        get_text_color=[255, 255, 255],
        text_font_family=pdk.types.String("system-ui, sans-serif"),
        get_text_size=13,
    )
    return _deck([layer], FRANCE, {"text": "{dit}"})


def touched(selection: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The feature of a tile that a visitor touched last, as the widget's state keeps it."""
    objects = selection.get("selection", {}).get("objects", {}).get(LAYER) or [None]
    return objects[0]


def around(cluster: Mapping[str, Any]) -> View:
    """Where a cluster comes apart."""
    longitude, latitude = cluster["geometry"]["coordinates"]
    return View(latitude, longitude, min(cluster["properties"]["vers"], CLOSEST_TILES + 1))


def fiche(record: Mapping[str, Any], color: str) -> Deck | None:
    """One fiche's own point, a wide pale disc where only the commune is known, and rings for its other points of sale; None where none is placed."""
    ink, others = channels(color), [point for point in record["points"] if point.latitude is not None]
    own = [] if record["latitude"] is None else [(record["latitude"], record["longitude"], record["approximatif"])]
    places = own + [(point.latitude, point.longitude, point.approximatif) for point in others]
    if not places:
        return None
    vague = bool(own) and record["approximatif"]
    layers = [
        pdk.Layer(
            "ScatterplotLayer",
            id="point",
            data=[{"position": [longitude, latitude], "dit": record["nom"]} for latitude, longitude, _ in own],
            get_position="position",
            get_fill_color=[*ink, 70 if vague else 235],
            get_radius=800 if vague else 9,
            radius_units=pdk.types.String("meters" if vague else "pixels"),
            stroked=True,
            get_line_color=[255, 255, 255],
            line_width_min_pixels=2,
            pickable=True,
        ),
        pdk.Layer(
            "ScatterplotLayer",
            id="points-de-vente",
            data=[{"position": [point.longitude, point.latitude], "dit": point.titre} for point in others],
            get_position="position",
            get_fill_color=[255, 255, 255, 235],
            get_radius=8,
            radius_units=pdk.types.String("pixels"),
            stroked=True,
            get_line_color=ink,
            line_width_min_pixels=4,
            pickable=True,
        ),
    ]
    latitudes, longitudes = [place[0] for place in places], [place[1] for place in places]
    seen = fitted(min(latitudes), min(longitudes), max(latitudes), max(longitudes), FICHE_CLEAR)
    closest = 11 if any(place[2] for place in places) else 14
    return _deck(layers, seen._replace(zoom=min(seen.zoom, closest)), {"text": "{dit}"})


def told(record: Mapping[str, Any]) -> str:
    """What a fiche's map says to those who do not see it."""
    others = [point.titre for point in record["points"] if point.latitude is not None]
    return ", ".join(filter(None, (_("Carte\u00a0: {nom}").format(nom=record["nom"]), record["commune"]))) + "".join(
        f"\u00a0; {name}" for name in others
    )


def view(snapshot: Snapshot, query: Query, now: datetime) -> View:
    """Where the map opens: on what the query finds; with no choice made, where the team says."""
    centre = snapshot.site.centre
    near = place_of(query, centre)
    if query.to_page(1) == Query(tri=query.tri) and centre is not None:
        return View(*centre, snapshot.site.zoom)
    spanned = annuaire.extent(snapshot, query, now)
    if spanned is not None:
        latitudes, longitudes = [spanned.south, spanned.north], [spanned.west, spanned.east]
        if near is not None:
            latitudes.append(near.latitude)
            longitudes.append(near.longitude)
        return fitted(min(latitudes), min(longitudes), max(latitudes), max(longitudes))
    if near is not None:
        return View(near.latitude, near.longitude, max(5.0, min(14.0, 13.5 - math.log2(query.rayon))))
    return View(*centre, snapshot.site.zoom) if centre is not None else FRANCE


def fitted(south: float, west: float, north: float, east: float, clear: tuple[int, int] = CLEAR) -> View:
    """The closest view in which all of it is seen, on a phone as on a desktop. Degrees; `clear`: pixels across and down."""
    top, bottom = row_of(north), row_of(south)
    across, down = (east - west) / 360, bottom - top
    zooms = [math.log2(side / (TILE * span)) for side, span in zip(clear, (across, down), strict=True) if span > 0]
    latitude = math.degrees(math.atan(math.sinh(math.pi * (1 - (top + bottom)))))
    return View(latitude, (west + east) / 2, max(FURTHEST, min([CLOSEST_FIT, *zooms])))


def row_of(latitude: float) -> float:
    """From 0 in the north to 1 in the south (EPSG:3857)."""
    clipped = math.radians(max(-85.05, min(85.05, latitude)))
    return (1 - math.asinh(math.tan(clipped)) / math.pi) / 2


def _seen(view: View) -> pdk.ViewState:
    return pdk.ViewState(**view._asdict(), min_zoom=FURTHEST, max_zoom=CLOSEST_TILES + 1)


def _deck(layers: list[pdk.Layer], seen: View, tooltip: Any) -> Deck:
    return Deck(
        layers=layers,
        initial_view_state=_seen(seen),
        map_provider="carto",
        map_style="/carte/style.json",
        tooltip=tooltip,
    )
