"""The drawings that stand in for photos."""

import re
from xml.etree import ElementTree

import pytest

from fields.cell import slugify
from schema import CATEGORIES
from ui import dessins
from ui.colours import contrast

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_has_its_own_drawing(category):
    slug = slugify(category)
    assert slug in dessins.SLUGS
    others = {dessins.svg(other) for other in dessins.SLUGS if other != slug}
    assert dessins.svg(slug) not in others


@pytest.mark.parametrize("slug", ["", "inconnue", "../../etc/passwd", "<script>", "Boulangerie "])
def test_an_unknown_slug_gets_the_drawing_of_other(slug):
    assert dessins.svg("autre") == dessins.svg(slug)


@pytest.mark.parametrize("slug", dessins.SLUGS)
def test_a_drawing_is_small_well_formed_and_inert(slug):
    root = ElementTree.fromstring(dessins.svg(slug))
    assert f"{SVG}svg" == root.tag
    assert {f"{SVG}{tag}" for tag in ("svg", "g", "path", "circle")} >= {element.tag for element in root.iter()}
    assert not any(re.match("on|href|style|class|id", name) for element in root.iter() for name in element.attrib)
    assert len(dessins.svg(slug)) < 1500


def test_a_drawing_is_whole_in_a_box_of_any_shape():
    """Its view is square and holds the disc; its tint reaches three times as far on each side."""
    root = ElementTree.fromstring(dessins.svg("boulangerie"))
    left, _, width, height = map(float, root.attrib["viewBox"].split())
    assert width == height
    assert not {"width", "height", "preserveAspectRatio"} & root.attrib.keys()
    tint, disc = root[0].attrib["d"], root[1].attrib
    reach = [float(number) for number in re.findall(r"-?\d+", tint)]
    assert reach[0] <= left - 3 * width
    assert reach[0] + reach[2] >= left + 4 * width
    assert left <= float(disc["cx"]) - float(disc["r"])
    assert float(disc["cx"]) + float(disc["r"]) <= left + width


@pytest.mark.parametrize("slug", dessins.SLUGS)
def test_a_drawing_is_two_colours_and_white_on_a_tint(slug):
    colours = set(re.findall(r"#[0-9a-f]{3,6}\b", dessins.svg(slug)))
    assert len(colours) == 4
    assert "#fff" in colours


@pytest.mark.parametrize("ground", ["#eef1ea", "#ffffff"])
@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_stands_out_on_the_map(category, ground):
    """Three to one, as WCAG asks of what is no text."""
    assert contrast(dessins.colour(category), ground) >= 3


def test_no_two_categories_share_a_colour():
    assert len(set(dessins.COLOURS.values())) == len(CATEGORIES) == len(dessins.COLOURS)
    assert dessins.colour("Licornerie") == dessins.colour("Autre")
