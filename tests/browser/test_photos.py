"""Photos and articles' pictures in a real browser: seen, in their place, and asked of nobody but the site."""

import io
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Route, expect

from sheets.photos import Photos
from sheets.snapshot import Live, Store
from sheets.sync import Sync
from sheets.workbook import Workbook
from tests.browser.conftest import Site, live, serving
from tests.sheets.pictures import INSIDE, picture_site
from tests.sheets.sheets import Embedded, mag, table

pytestmark = [pytest.mark.browser, pytest.mark.map]


def scene(width: int, height: int, sky: str) -> bytes:
    image = Image.new("RGB", (width, height), sky)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, height * 0.7, width, height), fill="#7a9e5a")
    pen.ellipse((width * 0.4, height * 0.3, width * 0.6, height * 0.7), fill="#d9a441")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


@pytest.fixture(scope="module")
def illustrated(tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("photos")
    with picture_site() as elsewhere:
        four, stand = (
            elsewhere.has("/four.jpg", scene(2400, 1600, "#9fc5e8")),
            elsewhere.has("/stand.jpg", scene(900, 1200, "#f4cccc")),
        )
        rows = [
            {"Nom": "Au Four", "Photo": four},
            {"Nom": "Lien mort", "Photo": elsewhere.url("/absente.jpg"), "Horodateur": 46329.5},
            {"Nom": "Lien hostile", "Photo": elsewhere.url("/four.jpg", INSIDE), "Horodateur": 46330.5},
            {"Nom": "Pas encore", "Photo": "https://images.example.org/a.jpg", "Horodateur": 46331.5},
            {"Nom": "Sans photo", "Photo": "", "Horodateur": 46332.5},
        ]
        text = f"Venez nombreux.\n\n![Le stand de Lyse]({stand})\n\nEt aussi ![le grand four perdu]({elsewhere.url('/perdue.jpg')}).\n\nFin."
        tabs = {
            "Réponses au formulaire 1": table(rows),
            "Mag": mag({"titre": "Le marché", "texte": text, "image": four, "publié": True}),
        }
        made = Embedded(folder, tabs)
        store = Store(made.settings.store)
        sync = Sync(made.settings, Live(), store, Workbook(made.path, folder / "var"), Photos(store, elsewhere.fetcher()))
        sync.once()
        sync.finish_learning()
    with serving(made.path, folder, CONSO_SYNC="off") as running:
        yield running


@pytest.fixture
def asked(page, illustrated) -> list[str]:
    """Every host that the visitor's browser calls."""
    hosts: list[str] = []
    page.on("request", lambda request: hosts.append(urlsplit(request.url).netloc))
    return hosts


LOADED = "image => image.complete && image.naturalWidth > 0"


@pytest.mark.parametrize(
    "path", ["/", "/fiche?f=au-four", "/fiche?f=pas-encore", "/mag", "/mag?article=le-marche", "/?embed=1"]
)
def test_a_visitor_calls_nobody_but_the_site(page, illustrated, asked, path):
    page.goto(illustrated.url + path)
    if "embed" not in path:
        live(page)
    page.wait_for_timeout(1500)  # what the map asks for comes last
    assert {host for host in asked if host} == {urlsplit(illustrated.url).netloc}
    assert page.complaints == []


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 900)])
def test_a_photo_is_seen_in_its_place_and_a_drawing_where_there_is_none(page, illustrated, width, height):
    page.set_viewport_size({"width": width, "height": height})
    page.goto(illustrated.url)
    live(page)
    cards = page.locator(".carte")
    expect(cards).to_have_count(5)
    images = page.locator(".carte img")
    expect(images).to_have_count(1)
    expect(images).to_have_js_property("complete", True)
    assert images.evaluate(LOADED)
    assert images.get_attribute("alt") == "Au Four"
    assert "-480x320.webp" in images.evaluate("image => image.currentSrc") or width == 390
    boxes = [card.locator(".image").bounding_box() for card in cards.all()]
    assert len({(round(box["width"]), round(box["height"])) for box in boxes}) == 1
    assert all(
        "/dessins/" in card.locator(".image").evaluate("each => getComputedStyle(each).backgroundImage") for card in cards.all()
    )


def test_an_article_shows_its_pictures_and_the_words_of_a_lost_one(page, illustrated):
    page.goto(f"{illustrated.url}/mag?article=le-marche")
    live(page)
    stand = page.get_by_alt_text("Le stand de Lyse")
    stand.scroll_into_view_if_needed()
    expect(page.locator(".prose img").first).to_have_js_property("complete", True)
    box = stand.bounding_box()
    une = page.locator("img.une").bounding_box()
    assert une["height"] / une["width"] == pytest.approx(2 / 3, rel=0.02)
    assert box["height"] / box["width"] == pytest.approx(1200 / 900, rel=0.02)
    expect(page.locator(".prose")).to_contain_text("Et aussi le grand four perdu.")
    expect(page.locator(".prose img")).to_have_count(1)


def test_nothing_moves_when_a_picture_comes(page, illustrated):
    """Its place is kept from the first paint: the layout shift that browsers measure."""
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => { for (const each of list.getEntries()) window.moved += each.value; })"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    late: list[Route] = []
    page.route("**/photos/*", lambda route: late.append(route))
    page.goto(f"{illustrated.url}/mag?article=le-marche", wait_until="domcontentloaded")
    live(page)
    assert late
    for route in late:
        route.continue_()
    expect(page.locator("img.une")).to_have_js_property("complete", True)
    assert page.evaluate("window.moved") < 0.1
