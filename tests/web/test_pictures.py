"""`/photos/…`: the copies of what is online and nothing else; and no page, feed or policy that would send a visitor elsewhere for a picture."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import web
from fields.picture import ours
from schema import Site
from sheets.snapshot import Article, Store, build, live
from tests.web.conftest import NOW, fiche
from web import pictures
from web.door import Door

LARGE, SMALL = "/photos/0123456789abcdef0123-1200x800.webp", "/photos/0123456789abcdef0123-480x320.webp"
LOGO = "/photos/aaaaaaaaaaaaaaaaaaaa-100x50.webp"
ELSEWHERE = "https://images.example.org/pas-encore.jpg"
SITE = Site(name="Conso Essai", logo=LOGO, about=f"Nous : ![l'équipe]({ELSEWHERE})")
FICHES = [
    fiche("halte", "La Halte", photo=LARGE),
    fiche("attente", "En attente", photo=ELSEWHERE),
    fiche("sans", "Sans photo"),
]
ARTICLES = (
    Article("foire", "Foire", "", f"![Le stand]({ELSEWHERE}) ![Le four](https://images.example.org/four.jpg)", LARGE, "", None, "", "article"),
    Article("autre", "Autre", "", "Rien", ELSEWHERE, "", None, "", "article"),
)  # fmt: skip


@pytest.fixture
def snapshot():
    return build(FICHES, SITE, ARTICLES, now=NOW, pictures=[("https://images.example.org/four.jpg", LARGE)])


@pytest.fixture
def store(tmp_path) -> Store:
    store = Store(str(tmp_path / "store"))
    for path in (LARGE, SMALL, LOGO, "/photos/ffffffffffffffffffff-10x10.webp"):
        store.put(path.removeprefix("/"), b"RIFF " + path.encode())
    return store


@pytest.fixture
def client(snapshot, settings, store, monkeypatch):
    monkeypatch.setattr(live, "snapshot", snapshot)
    settings = replace(settings, store=store.url, map_tiles="https://tuiles.example.org/{z}/{x}/{y}.png")
    routes = web.routes(settings)
    app = Starlette(routes=routes, middleware=web.middleware(settings, Door("la-cle", exists=True), routes))
    return TestClient(app, base_url="http://conso.example", follow_redirects=False)


def test_a_copy_is_kept_for_good_by_who_has_it(client):
    answer = client.get(LARGE)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (
        200,
        b"RIFF " + LARGE.encode(),
        "image/webp",
    )
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = client.get(LARGE, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(SMALL).status_code == client.get(LOGO).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/photos/ffffffffffffffffffff-10x10.webp", "/photos/0123456789abcdef0123-240x160.webp", "/photos/snapshot.parquet", "/photos/..%2fsnapshot.parquet.webp",
     "/photos/x.webp", "/photos/", "/photos", "/photos/0123456789abcdef0123-1200x800.webp.new"],
)  # fmt: skip
def test_what_is_not_online_is_not_served_though_it_lies_in_the_store(client, path):
    assert client.get(path).status_code in (301, 404)


def test_a_withdrawn_photo_is_gone_at_once(client, monkeypatch):
    assert client.get(LARGE).status_code == 200
    monkeypatch.setattr(live, "snapshot", build(FICHES[1:], SITE, (), now=NOW))
    assert client.get(LARGE).status_code == client.get(SMALL).status_code == 404
    assert client.get(LOGO).status_code == 200


def test_a_withdrawn_photo_leaves_memory(snapshot, settings):
    held = pictures.Photos(settings)
    for path in (LARGE, LOGO):
        held._hold(path.removeprefix("/photos/").removesuffix(".webp"), b"x")
    held._forget_withdrawn(build(FICHES[1:], SITE, (), now=NOW))
    assert [f"/photos/{name}.webp" for name in held._held] == [LOGO]


def test_memory_is_bounded(store, settings, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_BYTES", 100)
    held = pictures.Photos(replace(settings, store=store.url))
    for number in range(9):
        held._hold(f"{number}", b"x" * 40)
    assert list(held._held) == ["7", "8"]


def test_a_file_that_is_lost_or_a_store_that_fails_is_no_crash(client, store, monkeypatch):
    store.remove(LARGE.removeprefix("/"))
    assert client.get(LARGE).status_code == 404

    def failing(*_):
        raise PermissionError("not now")

    monkeypatch.setattr(Store, "get", failing)
    answer = client.get(SMALL)
    assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")


def test_a_card_and_a_fiche_offer_both_sizes_and_keep_their_place(client):
    for path in ("/", "/fiche?f=halte", "/mag", "/mag?article=foire"):
        (image, *_) = re.findall(rf'<img [^>]*src="{LARGE}"[^>]*>', client.get(path).text)
        assert f'srcset="{SMALL} 480w, {LARGE} 1200w"' in image
        for attribute in ('width="1200"', 'height="800"', 'loading="lazy"', 'decoding="async"', "alt=", "sizes="):
            assert attribute in image


def test_no_page_shows_a_picture_of_another_site(client):
    for path in (
        "/",
        "/fiche?f=halte",
        "/fiche?f=attente",
        "/mag",
        "/mag?article=foire",
        "/mag?article=autre",
        "/a-propos",
        "/imprimer",
        "/?embed=1",
    ):
        page = client.get(path)
        assert page.status_code == 200
        for source in re.findall(r"<img [^>]*?src=\"([^\"]*)\"", page.text) + re.findall(r"url\(\"?([^)]*)\)", page.text):
            assert source.startswith(("/", "data:"))
        assert ELSEWHERE not in page.text
    assert "Le stand" in client.get("/mag?article=foire").text


def test_the_policy_lets_no_picture_in_but_ours(client, settings):
    policy = client.get("/").headers["content-security-policy"]
    assert "img-src 'self' data: blob:;" in policy


def test_a_shared_link_and_machines_get_our_absolute_address(client):
    page = client.get("/fiche?f=halte").text
    assert f'<meta property="og:image" content="http://conso.example{LARGE}">' in page
    (business,) = [
        found
        for each in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
        if (found := json.loads(each))["@type"] == "LocalBusiness"
    ]
    assert business["image"] == f"http://conso.example{LARGE}"
    waiting = client.get("/fiche?f=attente").text
    assert '<meta property="og:image" content="http://conso.example/dessins/boulangerie.png">' in waiting
    article = client.get("/mag?article=foire").text
    assert f'"logo": "http://conso.example{LOGO}"' in article or f'"logo":"http://conso.example{LOGO}"' in article


def test_open_data_says_where_a_photo_is(client):
    """Our own address; where we could not fetch it yet, the merchant's."""
    by_slug = {each["slug"]: each["photo"] for each in client.get("/api/fiches.json").json()["fiches"]}
    assert by_slug == {"halte": f"http://conso.example{LARGE}", "attente": ELSEWHERE, "sans": ""}
    tags = {each["id"]: each["properties"].get("image") for each in client.get("/api/osm.geojson").json()["features"]}
    assert tags["halte"] == f"http://conso.example{LARGE}"


def test_the_feed_shows_our_copies_absolute(client):
    feed = client.get("/mag.xml").text
    content = " ".join(each.text or "" for each in ElementTree.fromstring(feed).iter("{http://www.w3.org/2005/Atom}content"))
    sources = re.findall(r'src="([^"]*)"', content)
    assert set(sources) == {f"http://conso.example{LARGE}"}
    assert all(ours(source.removeprefix("http://conso.example")) for source in sources)
