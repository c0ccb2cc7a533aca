"""What leaves the site, in a real browser: a frame in another site's page, a list and a poster on paper."""

import re
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, serving, visit_face

pytestmark = pytest.mark.browser


@pytest.fixture
def town_hall() -> Iterator[str]:
    """Another site, that frames the address in its own query."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            source = unquote(self.path.partition("?")[2])
            self.wfile.write(f'<h1>Mairie</h1><iframe src="{source}" title="essai" width="600" height="700"></iframe>'.encode())

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/?"
    server.shutdown()
    server.server_close()


@pytest.fixture
def open_site(site, town_hall, tmp_path) -> Iterator[Site]:
    """The same site, whose team lets the town hall frame it."""
    workbook = tmp_path / "feuille.xlsx"
    shutil.copy(site.workbook, workbook)
    with serving(workbook, tmp_path, CONSO_EMBED_ORIGINS=town_hall.removesuffix("/?")) as running:
        yield running


def test_nobody_else_frames_a_site_that_names_nobody(page, site, town_hall):
    """Not even the light page, where the team has written no site in the setting; /integrer says whom to ask."""
    with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        page.goto(f"{town_hall}{site.url}/?embed=1")
    page.goto(f"{site.url}/integrer")
    page.get_by_text("aucun autre site ne peut l'afficher").wait_for()
    page.frame_locator("iframe").get_by_role("link", name="Suivantes").wait_for()


def test_another_site_frames_the_light_page_alone(page, open_site, town_hall):
    """The list shows, its pages turn inside, a card opens outside; the whole site refuses to be framed."""
    site = open_site
    page.goto(f"{town_hall}{site.url}/?embed=1".replace("&", "%26"))
    framed = page.frame_locator("iframe")
    framed.get_by_role("link", name="Suivantes").click()
    framed.get_by_text("page 2 sur").wait_for()
    with page.context.expect_page(timeout=60_000) as opened:
        framed.locator(".carte a").first.press("Enter")  # a pointer on a page still being laid out falls beside its card
    opened.value.wait_for_url("**/fiche?f=*", wait_until="commit", timeout=60_000)
    assert opened.value.evaluate("window.opener") is None
    assert [] == page.complaints

    with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        page.goto(f"{town_hall}{site.url}/")


def test_the_preview_shows_what_will_be_framed(page, site):
    """Same origin, no complaint; the choices of the form reach the code and the preview, without a script."""
    page.goto(f"{site.url}/integrer?categorie=boulangerie")
    page.get_by_label("un plan").check()
    page.get_by_role("button", name="Mettre à jour").click()
    assert "vue=carte&amp;categorie=boulangerie" in page.get_by_label("Le code à copier").input_value()
    page.frame_locator("iframe").locator("svg.plan circle").first.wait_for()
    assert [] == page.complaints


def sheets_of(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page, in millimetres."""
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(width) / 72 * 25.4), round(float(height) / 72 * 25.4)) for width, height in boxes]


def test_a_poster_is_one_sheet_of_a5(page, site):
    """Every fiche's, the longest name and hours included; the site around stays on the screen."""
    fiches = page.request.get(f"{site.url}/api/fiches.json").json()["fiches"]
    longest = sorted(fiches, key=lambda fiche: len(fiche["nom"]) * 4 + len(fiche["horaires"]) + fiche["horaires"].count("\n") * 40)[-3:]  # fmt: skip
    for fiche in longest:
        page.goto(f"{site.url}/affiche?f={fiche['slug']}")
        assert [(148, 210)] == sheets_of(page.pdf(prefer_css_page_size=True))
    page.emulate_media(media="print")
    assert not page.locator(".entete").is_visible()
    assert page.locator(".affiche .qr").bounding_box()["width"] > 230
    assert page.evaluate(
        "document.querySelector('.affiche').scrollHeight <= document.querySelector('.affiche').clientHeight + 1"
    )


def test_a_printed_list_stands_in_two_columns(page, site):
    """On A4, all of it, without the site around, no line of a fiche cut off from it."""
    total = page.request.get(f"{site.url}/api/fiches.json").json()["total"]
    page.goto(f"{site.url}/imprimer")
    assert {(210, 297)} == set(sheets_of(page.pdf(prefer_css_page_size=True)))
    page.set_viewport_size({"width": 700, "height": 1000})
    page.emulate_media(media="print")
    lefts = page.evaluate("[...document.querySelectorAll('.ligne')].map(line => Math.round(line.getBoundingClientRect().left))")
    assert len(lefts) == total
    assert len(set(lefts)) == 2
    beside = page.evaluate(
        "[...document.querySelectorAll('.ligne:has(.tel)')].map(line => line.querySelector('h3').getBoundingClientRect().top - line.querySelector('.tel').getBoundingClientRect().top)"
    )
    assert max(map(abs, beside)) < 4  # pixels: whom one calls, on the line of the number
    assert not page.get_by_text("Pour imprimer").is_visible()


@pytest.mark.map
@pytest.mark.parametrize("face", ["server", "live"])
def test_a_fiche_is_one_sheet_of_paper(page, site, face):
    """Its words and its picture alone: no menu, no button, no map, no other fiches, on either face."""
    visit_face(page, f"{site.url}/fiche?f=cycles-du-bac", face)
    if face == "live":
        page.wait_for_selector("[data-testid=stDeckGlJsonChart]")
    page.emulate_media(media="print")
    root = "#ssr" if face == "server" else "[data-testid=stMain]"
    for pressed in (".menu", ".gestes", ".voisins", ".pied", ".emporter"):
        expect(page.locator(f"{root} {pressed}")).to_be_hidden()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
