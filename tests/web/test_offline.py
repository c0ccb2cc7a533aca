"""What a phone asks for to install the site, and to keep it without network."""

import io
import logging
import re
from itertools import pairwise

import pytest
from PIL import Image

from sheets.snapshot import build, live
from tests.web.conftest import FICHES, NOW
from ui import icon
from web import shell


def test_the_manifest_bears_the_name_and_colour_of_the_sheet(client, snapshot):
    """Everything a browser asks for before it offers to install."""
    answer = client.get("/manifest.webmanifest")
    said = answer.json()
    assert answer.headers["content-type"].startswith("application/manifest+json")
    assert said["name"] == "Conso Essai"
    assert said["theme_color"] == snapshot.site.color
    assert (said["lang"], said["start_url"], said["scope"], said["display"]) == ("fr", "/", "/", "standalone")
    assert {"any", "maskable"} == {each["purpose"] for each in said["icons"]}


def test_every_icon_of_the_manifest_is_a_png_of_its_size(client):
    for each in client.get("/manifest.webmanifest").json()["icons"]:
        answer = client.get(each["src"])
        assert answer.headers["content-type"] == "image/png"
        width, height = Image.open(io.BytesIO(answer.content)).size
        assert each["sizes"] == f"{width}x{height}"


def test_an_icon_of_another_size_is_nowhere(client):
    """Nobody makes the server draw ten thousand sizes."""
    assert client.get("/icone-193.png").status_code == 404
    assert client.get("/icone-9999.png").status_code == 404


def test_a_maskable_icon_has_no_transparent_corner():
    assert Image.open(io.BytesIO(icon.png("#2e7d32", 64, maskable=True))).convert("RGBA").getpixel((0, 0)) == (46, 125, 50, 255)
    assert Image.open(io.BytesIO(icon.png("#2e7d32", 64))).convert("RGBA").getpixel((0, 0))[3] == 0


def test_the_worker_is_asked_for_again_at_each_visit(client):
    """A script of the whole site, that no browser keeps without asking, and that may ask the site, and that the pages let run."""
    answer = client.get("/sw.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "__VERSION__" not in answer.text
    assert "connect-src 'self'" in answer.headers["content-security-policy"]
    assert "worker-src 'self'" in client.get("/").headers["content-security-policy"]


def test_another_look_is_another_worker(client, monkeypatch):
    """Its name follows what it keeps, so that a browser takes the new one."""
    first = client.get("/sw.js").text
    assert first == client.get("/sw.js").text
    monkeypatch.setattr(live, "snapshot", build(FICHES, live.snapshot.site.__class__(name="Autre nom"), (), [], NOW))
    assert first != client.get("/sw.js").text


def test_the_page_of_last_resort_has_no_script(client):
    page = client.get("/hors-ligne").text
    assert "Vous êtes hors ligne" in page
    assert "<script" not in page
    assert '<div id="pages-gardees"></div>' in page


def test_pages_that_are_private_may_not_be_kept(client):
    for path in ("/inscription?lien=secret", "/feuille"):
        assert client.get(path, headers={"cookie": ""}).headers["cache-control"] == "no-store"


def test_towns_are_links_that_keep_the_other_choices(client):
    page = client.get("/?categorie=boulangerie").text
    towns = page.split('class="communes"')[1].split("</nav>")[0]
    assert re.search(r'href="/\?categorie=boulangerie&amp;commune=angers">Angers</a>&nbsp;<small>\d+</small>', towns)


def test_streamlits_index_is_as_the_shell_knows_it():
    """A new Streamlit that changes its page fails here first."""
    assets = shell.read_assets(shell.INDEX)
    assert re.fullmatch(r"/static/js/index\.[\w-]+\.js", assets.module)
    assert len(assets.stylesheets) == 1
    assert len(assets.preloads) > 20
    largest = sorted(assets.preloads, key=shell._size, reverse=True)[:4]
    assert assets.module in largest
    turns = [assets.preloads.index(address) for address in largest]
    assert turns[0] == 0
    # Each of them with its share of the small ones.
    assert all(10 < after - before < 20 for before, after in pairwise(turns))
    assert any("/Html." in address for address in assets.preloads)


@pytest.mark.parametrize("index", ["", "<html></html>", '<script type="module" src="./static/a.js"></script>'])
def test_another_index_is_said_and_breaks_nothing(index, caplog):
    with caplog.at_level(logging.ERROR, "conso.shell"):
        assert shell._known(index) is None
    assert "requirements.txt" in caplog.text


def test_without_a_known_index_streamlits_own_page_is_served(client, monkeypatch):
    monkeypatch.setattr(shell, "ASSETS", None)
    assert client.get("/a-propos?inconnue=1").text == shell.INDEX
