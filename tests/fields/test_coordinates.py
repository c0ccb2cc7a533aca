"""Coordinates as people paste them."""

import pytest

from fields.cell import Cell
from fields.coordinates import angles, of_link


def degrees(cell: Cell) -> list[float]:
    return [round(angle.degrees, 4) for angle in angles(cell)]


@pytest.mark.parametrize(
    "written",
    [
        "47.4711, -0.5473",
        "47,4711 ; -0,5473",
        "(47.4711, -0.5473)",
        "47,4711/-0,5473",
        "47.4711 N, 0.5473 W",
        "47.4711°N 0.5473°O",
        "0.5473 O ; 47.4711 N",
        "N 47.4711 W 0.5473",
        "lat : 47.4711, long : −0.5473",
        "47° 28' 15.96'' N, 0° 32' 50.28'' O",
        "47°28’15.96”N 0°32’50.28”W",
        "47°28.266' nord, 0°32.838' ouest",
    ],
)
def test_a_pair_is_read_however_written(written: str):
    assert degrees(written) == [47.4711, -0.5473]


@pytest.mark.parametrize(
    ("cell", "value"),
    [(47.4711, 47.4711), ("47,4711", 47.4711), ("−0,5473", -0.5473), ("0.5473W", -0.5473), ("47", 47), (47, 47)],
)
def test_a_single_number_is_read(cell: Cell, value: float):
    assert degrees(cell) == [value]


@pytest.mark.parametrize(
    "cell",
    [
        "NaN",
        float("nan"),
        float("inf"),
        True,
        "",
        "Angers",
        "12 rue 3",
        "1 2 3",
        "1e3",
        "https://exemple.example/47.4711",
    ],
)
def test_anything_else_is_nothing(cell: Cell):
    assert degrees(cell) == []


@pytest.mark.parametrize(
    "link",
    [
        "https://www.google.com/maps/place/X/@47.3,-0.9,12z/data=!3m1!4b1!8m2!3d47.4711!4d-0.5473",
        "https://www.google.com/maps/place/47%C2%B028'16.0%22N+0%C2%B032'50.3%22W/@47.3,-0.9,17z",
        "https://www.google.com/maps/dir/Nantes/Angers/@47.3,-0.9,9z/data=!1m1!1s0x!2m2!1d-1.55!2d47.21!1m1!2m2!1d-0.5473!2d47.4711",
        "https://www.google.com/maps/dir//47.4711,-0.5473/@47.3,-0.9,12z",
        "https://www.google.com/maps/search/?api=1&query=47.4711%2C-0.5473",
        "https://www.google.com/maps?q=47.4711,+-0.5473&z=12",
        "https://www.google.com/maps/embed?pb=!1m18!1m12!1m3!1d1000!2d-0.5473!3d47.4711!2m3",
        "https://www.google.com/maps/@47.4711,-0.5473,15z",
        "https://www.openstreetmap.org/?mlat=47.4711&mlon=-0.5473#map=12/47.3/-0.9",
        "https://www.openstreetmap.org/#map=15/47.4711/-0.5473",
        "https://umap.openstreetmap.fr/fr/map/x_1#14/47.4711/-0.5473",
        "geo:47.4711,-0.5473?z=12",
        "geo:0,0?q=47.4711,-0.5473(Ici)",
        "https://maps.apple.com/?address=x&ll=47.4711%2C-0.5473",
        "https://waze.com/ul?ll=47.4711,-0.5473&navigate=yes",
        "https://www.bing.com/maps?cp=47.4711~-0.5473&lvl=12",
        "https://www.geoportail.gouv.fr/carte?c=-0.5473,47.4711&z=15",
        "maps.google.com/?q=47.4711,-0.5473",
    ],
)
def test_a_link_gives_the_place_rather_than_the_window(link: str):
    assert degrees(link) == pytest.approx([47.4711, -0.5473], abs=1e-4)


def test_a_link_is_found_inside_an_address():
    assert [angle.degrees for angle in of_link("12 rue X\nhttps://www.google.com/maps?q=47.4711,-0.5473 (parking)")] == [
        47.4711,
        -0.5473,
    ]
    assert of_link("12 rue X, 49100 Angers") == ()
