"""The map in a real browser: it shows what is found, stays when the list turns its page, opens a fiche."""

import io
import json
import re

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import expect

from tests.browser.conftest import live, unfold

pytestmark = [pytest.mark.browser, pytest.mark.map]
MAP = "[data-testid=stDeckGlJsonChart]"
CANVAS = "[data-testid=stDeckGlJsonChart] canvas"


def open_map(page, url: str) -> list[str]:
    """Goes there; the tiles asked for are added to the list as they come."""
    tiles: list[str] = []
    page.on("request", lambda request: tiles.append(request.url) if "/tuiles/" in request.url else None)
    page.goto(url)
    live(page)
    page.wait_for_selector(CANVAS, timeout=30_000)
    page.wait_for_timeout(1500)
    return tiles


def apart(one: bytes, other: bytes) -> float:
    """How much two pictures of one size differ, 0 to 255; a page scrolled by half a pixel is less than 2."""
    first, second = (Image.open(io.BytesIO(each)).convert("L") for each in (one, other))
    return ImageStat.Stat(ImageChops.difference(first, second)).mean[0]


def test_where_nothing_is_found_no_empty_map_stands(page, site):
    """It is back, of its size, with the results."""
    page.goto(f"{site.url}/?q=zzzzqq")
    live(page)
    expect(page.get_by_text("Rien ne correspond à ce choix.")).to_be_visible()
    expect(page.locator(MAP)).to_be_hidden()
    page.get_by_role("link", name="Voir toutes les fiches").click()
    expect(page.locator(CANVAS).first).to_be_visible()
    page.wait_for_timeout(1500)
    assert page.locator(CANVAS).first.bounding_box()["width"] > 300


def test_the_map_stays_when_the_list_turns_its_page(page, site):
    """No full load, no tile asked again, the same canvas; Back turns the page back."""
    tiles = open_map(page, site.url)
    box = page.locator(CANVAS).first.bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 150, steps=5)
    page.mouse.up()
    page.mouse.move(5, 5)
    page.wait_for_timeout(1500)
    seen, asked = page.locator(MAP).screenshot(), len(tiles)
    page.evaluate(f"document.querySelector('{CANVAS}').dataset.same = 'yes'")
    first = page.locator(".carte h2").first.inner_text()
    page.get_by_role("link", name="Suivantes →").click()
    page.wait_for_url("**/?page=2")
    expect(page.locator(".pages [aria-current=page]")).to_have_text("2")
    expect(page.locator(".carte h2").first).not_to_have_text(first)
    assert page.evaluate("document.activeElement.id") == "liste"
    page.wait_for_timeout(800)
    assert page.evaluate(f"document.querySelector('{CANVAS}').dataset.same") == "yes"
    assert tiles[asked:] == []
    page.locator(MAP).scroll_into_view_if_needed()
    assert apart(page.locator(MAP).screenshot(), seen) < 2
    page.go_back()
    expect(page.locator(".carte h2").first).to_have_text(first)
    assert page.evaluate(f"document.querySelector('{CANVAS}').dataset.same") == "yes"
    assert page.complaints == []


def test_a_chip_is_taken_away_in_place(page, site):
    """Widgets, list, legend and map follow without a full load."""
    open_map(page, f"{site.url}/?categorie=boulangerie,cave")
    page.evaluate("window.same = true")
    expect(page.locator(".legende li")).to_contain_text(["Boulangerie", "Cave"])
    page.locator(".choix a", has_text="Cave").click()
    page.wait_for_url("**/?categorie=boulangerie")
    expect(page.locator(".choix")).not_to_contain_text("Cave")
    expect(page.locator(".legende")).not_to_contain_text("Cave")
    assert page.evaluate("window.same") is True


def test_the_map_shows_all_the_results_whatever_the_page(page, site):
    """The tiles of one zoom level hold as many fiches as the query has, beyond the first page."""
    tiles = open_map(page, f"{site.url}/?page=2")
    assert "page=" not in "".join(tiles)
    whole = page.request.get(re.sub(r"/tuiles/\d+/\d+/\d+", "/tuiles/0/0/0", tiles[0])).json()
    counted = sum(feature["properties"].get("point_count", 1) for feature in whole["features"])
    placed = [each for each in page.request.get(f"{site.url}/api/fiches.geojson").json()["features"] if each["geometry"]]
    assert counted == len(placed) > 24


def test_a_lone_point_opens_its_fiche(page, site):
    """One fiche is in the middle of the map that fits it; a name that is markup stays text in the tooltip."""
    [found] = [each for each in page.request.get(f"{site.url}/api/fiches.geojson").json()["features"] if each["geometry"]][:1]
    name, slug = found["properties"]["nom"], found["properties"]["slug"]

    def hostile(route):
        tile = route.fetch().json()
        for feature in tile["features"]:
            feature["properties"]["dit"] = "<b>gras</b><img src=x onerror=alert(1)>"
        route.fulfill(body=json.dumps(tile), content_type="application/geo+json")

    page.route("**/tuiles/**", hostile)
    open_map(page, f"{site.url}/?q={name}")
    if page.locator(".carte").count() > 1:
        pytest.skip("several fiches of that name")
    box = page.locator(CANVAS).first.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(middle[0] - 30, middle[1] - 30)
    page.mouse.move(*middle)
    expect(page.locator(".deck-tooltip")).to_have_text("<b>gras</b><img src=x onerror=alert(1)>")
    page.mouse.click(*middle)
    page.wait_for_url(f"**/fiche?f={slug}", timeout=10_000)
    page.go_back()
    page.wait_for_selector(".cartes")
    page.wait_for_timeout(1500)
    assert "/fiche" not in page.url
    expect(page.locator(".carte")).to_have_count(1)


def test_quick_presses_are_all_obeyed(page, site):
    """A second choice made before the first is drawn is added to it."""
    open_map(page, site.url)
    unfold(page, "Catégorie")
    page.evaluate(
        """() => { for (const slug of ["boulangerie", "culture"]) document.querySelector(`.filtres [value=${slug}]`).click(); }"""
    )
    page.wait_for_url("**/?categorie=boulangerie&categorie=culture")
    expect(page.locator(".choix")).to_contain_text("Culture")
    expect(page.locator(".choix")).to_contain_text("Boulangerie")


def test_a_touched_cluster_opens(page, site):
    """The map approaches it; other fiches asked for, it fits those again."""
    tiles = open_map(page, site.url)
    here = page.locator(CANVAS).first.bounding_box()
    levels = {int(url.split("/tuiles/")[1].split("/")[0]) for url in tiles}
    said = page.locator(".deck-tooltip")
    for across, down in ((x, y) for y in range(60, 420, 18) for x in range(40, 380, 18)):
        page.mouse.move(here["x"] + across, here["y"] + down)
        if said.is_visible() and "approcher" in said.inner_text():
            break
    page.mouse.down()
    page.mouse.up()
    for _ in range(60):
        page.wait_for_timeout(250)
        if (closest := max(int(url.split("/tuiles/")[1].split("/")[0]) for url in tiles)) > max(levels):
            break
    assert closest > max(levels)
    assert page.url.rstrip("/") == site.url


@pytest.mark.parametrize("asked", ["/?tri=nom", "/"])
def test_beside_a_long_list_the_map_or_what_stands_below_it_stays_in_sight(page, site, asked):
    """The home page's column is longer than the screen: it stays by its end."""
    page.set_viewport_size({"width": 1280, "height": 800})
    open_map(page, site.url + asked)
    last = page.locator("[data-testid=stMain] .carte").nth(18)
    last.scroll_into_view_if_needed()
    seen = page.locator(".st-key-carte-et-legende").bounding_box()
    assert seen["x"] > last.bounding_box()["x"]
    assert 0 <= seen["y"] + seen["height"] <= 800
