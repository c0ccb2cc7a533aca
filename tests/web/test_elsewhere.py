"""What leaves the site: frames, oEmbed, paper, visiting cards and QR codes."""

import html
import itertools
import re
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import settings as settings_
import web
from schema import Site
from sheets.snapshot import build, live
from tests.web.conftest import ARTICLES, NOW, fiche
from ui import framing, handout, plan
from web import elsewhere
from web.door import Door

BASE = "http://conso.example"
HOSTILE = '<b>"Chez" O\'&</b>\r\nTEL:+33999999999; a, b\\'


def site_of(monkeypatch, snapshot, environ=None) -> TestClient:
    monkeypatch.setattr(live, "snapshot", snapshot)
    settings = settings_.load({"CONSO_MAP_TILES": "", **(environ or {})}, Path("none.toml"))
    routes = web.routes(settings)
    app = Starlette(routes=routes, middleware=web.middleware(settings, Door("la-cle", exists=True), routes))
    return TestClient(app, base_url=BASE, follow_redirects=False)


def many(count: int):
    towns = ("Angers", "Saumur", "Évry", "")
    rows = [fiche(f"f-{n}", f"Maison {n:04}", commune=towns[n % 4], telephone="02 61 91 00 42", horaires="Lun 9h-12h", latitude=47 + n / 900, longitude=-0.5 + n % 7 / 50) for n in range(count)]  # fmt: skip
    return build(rows, Site(name="Conso Essai"), ARTICLES, [], NOW)


def ancestors(client, path: str) -> str:
    return re.search(r"frame-ancestors ([^;]*)", client.get(path).headers["content-security-policy"])[1]


@pytest.mark.parametrize(
    "environ",
    [{}, {"CONSO_EMBED_ORIGINS": "*"}, {"CONSO_EMBED_ORIGINS": "https://mairie.example.org, http://bourg.example:8080/"}],
)
@pytest.mark.parametrize(
    "path",
    ["/", "/?embed=0", "/?embed=11", "/?q=embed=1", "/fiche?f=la-halte&embed=1", "/integrer", "/imprimer?embed=1", "/inscription?embed=1", "/affiche?f=la-halte", "/nope"],
)  # fmt: skip
def test_only_the_light_page_is_framed_by_others(monkeypatch, snapshot, environ, path):
    """Whatever the setting, every other page is framed by ourselves alone."""
    assert ancestors(site_of(monkeypatch, snapshot, environ), path) == "'self'"


def test_the_light_page_is_framed_by_the_sites_of_the_setting(monkeypatch, snapshot):
    """Without the setting by ourselves alone; with it by those too; by all where the team says so."""
    assert ancestors(site_of(monkeypatch, snapshot), "/?embed=1") == "'self'"
    assert ancestors(site_of(monkeypatch, snapshot, {"CONSO_EMBED_ORIGINS": "*"}), "/?embed=1") == "*"
    client = site_of(monkeypatch, snapshot, {"CONSO_EMBED_ORIGINS": "https://mairie.example.org, http://bourg.example:8080/"})
    assert ancestors(client, "/?q=pain&embed=1") == "'self' https://mairie.example.org http://bourg.example:8080"


def test_the_code_is_given_with_what_it_asks_first(monkeypatch, snapshot):
    """Who may show it is said beside it: nobody yet and whom to write to, these sites, or all."""
    for environ, said in (({}, "écrivez-nous l'adresse de votre site"), ({"CONSO_EMBED_ORIGINS": "https://a.example"}, "https://a.example"), ({"CONSO_EMBED_ORIGINS": "*"}, "Tous les sites peuvent")):  # fmt: skip
        assert said in site_of(monkeypatch, snapshot, environ).get("/integrer").text


@pytest.mark.parametrize("wrong", ["mairie.example.org", "https://a.example/page", "https://a.example; script-src *", "*, https://a.example", "https://*", "javascript:x", "https://"])  # fmt: skip
def test_a_wrong_origin_ends_the_start_in_french(wrong):
    """It says the setting, its value, and what to write."""
    with pytest.raises(settings_.WrongSetting, match=r"CONSO_EMBED_ORIGINS = .* attendu des sites"):
        settings_.load({"CONSO_EMBED_ORIGINS": wrong}, Path("none.toml"))


def test_origins_are_read_from_the_file_and_the_environment_wins(tmp_path):
    """A list or one string in the file; commas or spaces in the environment."""
    file = tmp_path / "secrets.toml"
    file.write_text('[site]\nembed_origins = ["https://a.example", "https://*.b.example"]\n')
    assert settings_.load({}, file).embed_origins == ("https://a.example", "https://*.b.example")
    assert settings_.load({"CONSO_EMBED_ORIGINS": "https://c.example https://d.example"}, file).embed_origins == (
        "https://c.example",
        "https://d.example",
    )


@pytest.mark.parametrize("query", ["", "&q=pain", "&vue=carte", "&f=la-halte", "&article=foire-d-automne", "&page=9", "&categorie=rien"])  # fmt: skip
def test_a_light_page_has_no_chrome_no_script_and_no_index(client, query):
    """Content, a way to the site, a canonical address, and links that open outside."""
    answer = client.get(f"/?embed=1{query}")
    assert answer.status_code == 200
    assert "<script" not in answer.text
    for chrome in ('class="menu"', 'class="pied"', "<form", 'id="root"'):
        assert chrome not in answer.text
    assert '<base target="_blank">' in answer.text
    assert 'content="noindex"' in answer.text
    assert "Voir sur Conso Essai" in answer.text
    assert answer.text.count("<h1") == 1
    assert "embed" not in re.search(r'rel="canonical" href="([^"]*)"', answer.text)[1]
    assert answer.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert client.get(f"/?embed=1{query}", headers={"if-none-match": answer.headers["etag"]}).status_code == 304


def test_pages_of_a_light_list_stay_in_the_frame(monkeypatch):
    """Next and previous keep `embed=1` and the choices, and the frame."""
    client = site_of(monkeypatch, many(60))
    page = client.get("/?embed=1&commune=angers,saumur,evry&page=1").text
    following = html.unescape(re.search(r'rel="next" target="_self" href="([^"]*)"', page)[1])
    assert following == "/?embed=1&commune=angers&commune=evry&commune=saumur&page=2"
    assert client.get(following).text.count('class="carte"') == 45 - 24


def test_a_plan_places_every_fiche_and_names_its_towns(monkeypatch):
    """Dots in the box, one entry a commune, those without a point counted."""
    snapshot = many(40)
    page = site_of(monkeypatch, snapshot).get("/?embed=1&vue=carte").text
    dots = [tuple(map(float, found)) for found in re.findall(r'<circle cx="([^"]*)" cy="([^"]*)" r="([^"]*)"', page)]
    assert dots
    assert all(r <= x <= 480 - r and r <= y <= 400 - r for x, y, r in dots)
    assert {"Angers", "Saumur", "Évry"} == set(re.findall(r'target="_self">([^<]*)</a>&nbsp;<small>10', page))
    assert "/?embed=1&amp;commune=evry" in page
    without = build([fiche("seul", "Seul", latitude=None, longitude=None)], Site(), (), [], NOW)
    page = site_of(monkeypatch, without).get("/?embed=1&vue=carte").text
    assert "<svg" not in page
    assert "1\u00a0fiche sans point" in page


@pytest.mark.parametrize(
    ("path", "status"),
    [("/?embed=1&f=nexiste-pas", 404), ("/?embed=1&f=partie", 410), ("/?embed=1&article=demain", 404), ("/affiche?f=partie", 410), ("/affiche", 404),
     ("/fiche.vcf?f=nexiste-pas", 404), ("/fiche.vcf?f=partie", 410), ("/fiche.vcf", 404), ("/qr.svg?f=partie", 410), ("/integrer?f=partie", 410)],
)  # fmt: skip
def test_what_is_not_online_is_nowhere(client, path, status):
    """404, or 410 for a withdrawn fiche, on every face."""
    assert client.get(path).status_code == status


@pytest.mark.parametrize(
    "query",
    ["categorie=boulangerie&categorie=x", "ouvert=2026-13-45", "page=-1", "pres=47.47,-0.54,9&rayon=NaN", "q=%00%ED%A0%80", "q=" + "x" * 5000, "vue=%3Cscript%3E",
     "hauteur=9e9", "hauteur=%D9%A3", "hauteur=-5", "f=%00", "f=a&f=la-halte", "article=", "label=%F0%9F%8D%9E"],
)  # fmt: skip
def test_nothing_in_a_query_can_raise_elsewhere(client, query):
    """Hostile or broken, a query is answered."""
    for path in ("/?embed=1&", "/?embed=1&vue=carte&", "/integrer?", "/imprimer?", "/affiche?", "/fiche.vcf?", "/qr.svg?", "/oembed?"):  # fmt: skip
        answer = client.get(path + query)
        assert answer.status_code in (200, 404)
        assert "<script>" not in answer.text


def test_the_code_to_copy_is_a_titled_frame_of_the_light_page(client):
    """What is in the text area, read as a browser reads it, frames the same query; the preview shows it."""
    page = client.get("/integrer?categorie=boulangerie&vue=carte&hauteur=520&page=3").text
    code = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)[1])
    source = html.unescape(re.search(r'<iframe src="([^"]*)"', code)[1])
    assert source == f"{BASE}/?embed=1&vue=carte&categorie=boulangerie"
    assert 'title="Boulangerie — Conso Essai"' in code
    assert 'height="520"' in code
    assert client.get(source.removeprefix(BASE)).status_code == 200
    assert html.escape(source.removeprefix(BASE)) in page
    assert "frame-src 'self'" in client.get("/integrer").headers["content-security-policy"]


def test_a_name_cannot_leave_the_code(monkeypatch):
    """Quotes and tags of a merchant stay inside the frame's title, and the text area stays whole."""
    snapshot = build([fiche("mechant", '"><script>alert(1)</script></textarea>')], Site(), (), [], NOW)
    client = site_of(monkeypatch, snapshot)
    page = client.get("/integrer?f=mechant").text
    assert page.count("</textarea>") == 1
    assert "<script>" not in page
    code = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S)[1])
    assert "<script>" not in code
    answer = client.get("/oembed?" + urlencode({"url": f"{BASE}/fiche?f=mechant"})).json()
    assert "<script>" not in answer["html"]


@pytest.mark.parametrize("path", ["/", "/?categorie=boulangerie", "/fiche?f=la-halte", "/mag?article=foire-d-automne"])
def test_an_editor_discovers_the_frame_of_a_page(client, path):
    """The link in the head answers oEmbed 1.0 whose frame opens."""
    page = client.get(path).text
    href = html.unescape(re.search(r'type="application/json\+oembed" href="([^"]*)"', page)[1])
    answer = client.get(href.removeprefix(BASE))
    found = answer.json()
    assert (found["version"], found["type"], found["width"], found["height"]) == ("1.0", "rich", 600, 700)
    assert answer.headers["access-control-allow-origin"] == "*"
    light = html.unescape(re.search(r'<iframe src="([^"]*)" title="[^"]+"', found["html"])[1])
    assert light.startswith(f"{BASE}/?embed=1")
    assert client.get(light.removeprefix(BASE)).status_code == 200


def test_pages_that_are_not_framed_announce_nothing(client):
    """Neither the form, nor the feed of the magazine, nor a page that does not exist."""
    for path in ("/inscription", "/mag", "/a-propos", "/fiche?f=nexiste-pas"):
        assert "oembed" not in client.get(path).text


@pytest.mark.parametrize(
    "url",
    ["", "https://ailleurs.example/", f"{BASE}.ailleurs.example/", f"{BASE}@ailleurs.example/", f"ftp://{BASE[7:]}/", f"{BASE}/inscription", f"{BASE}/feuille",
     f"{BASE}/mag", f"{BASE}/fiche?f=partie", f"{BASE}/mag?article=demain", "javascript:alert(1)", "/fiche?f=la-halte"],
)  # fmt: skip
def test_oembed_speaks_of_this_site_only(client, url):
    """404 for anything else."""
    assert client.get("/oembed?" + urlencode({"url": url})).status_code == 404


def test_oembed_keeps_to_the_place_it_is_given(client):
    """`maxwidth` and `maxheight` are upper bounds; xml is not served."""
    url = urlencode({"url": f"{BASE}/fiche?f=la-halte"})
    found = client.get(f"/oembed?{url}&maxwidth=320&maxheight=5000").json()
    assert (found["width"], found["height"]) == (320, 700)
    assert 'width="320" height="700"' in found["html"]
    assert client.get(f"/oembed?{url}&format=xml").status_code == 501
    assert client.get(f"/oembed?{url}&maxwidth=0&maxheight=abc").json()["width"] == 600


def test_a_printed_list_has_every_fiche_by_town(monkeypatch):
    """All pages of the query, communes in order, phone and hours ahead of the name, the rest last."""
    client = site_of(monkeypatch, many(100))
    page = client.get("/imprimer?page=3").text
    assert page.count('class="ligne"') == 100
    assert re.findall(r"<section><h2>([^<]*)</h2>", page) == ["Angers", "Évry", "Saumur", "Ailleurs"]
    first = page.split('class="ligne"')[1]
    assert first.index("02 61 91 00 42") < first.index("Lun 9h-12h") < first.index("Maison 0000") < first.index("12 rue des Lices")  # fmt: skip
    assert "<svg" in page
    assert "conso.example" in page
    assert client.get("/imprimer?commune=evry").text.count('class="ligne"') == 25


def test_links_keep_the_query(client):
    """The list leads to its own paper and code, the fiche to its card and poster."""
    page = client.get("/?categorie=boulangerie&page=1").text
    assert 'href="/imprimer?categorie=boulangerie"' in page
    assert 'href="/integrer?categorie=boulangerie"' in page
    page = client.get("/fiche?f=la-halte").text
    for path in ("/fiche.vcf?f=la-halte", "/affiche?f=la-halte", "/integrer?f=la-halte"):
        assert f'href="{path}"' in page
        assert client.get(path).status_code == 200


def test_a_card_is_read_back_as_it_was(monkeypatch):
    """Another program finds name, number, address and point; the merchant's text opens no line of its own."""
    vobject = pytest.importorskip("vobject")
    snapshot = build(
        [fiche("h", HOSTILE, telephone="02 61 91 00 42", horaires="Lun 9h-12h\nMar fermé", activite="é" * 90, adresse="1, rue; du Four")],
        Site(), (), [], NOW,
    )  # fmt: skip
    answer = site_of(monkeypatch, snapshot).get("/fiche.vcf?f=h")
    assert answer.headers["content-type"] == "text/vcard; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="h.vcf"'
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    read = vobject.readOne(answer.content.decode())
    told = read.fn.value
    assert told.replace("\n", "|") == HOSTILE.replace("\r\n", "|") or told.split() == HOSTILE.split()
    assert [number.value for number in read.contents["tel"]] == ["+33261910042"]
    assert (read.adr.value.street, read.adr.value.city, read.adr.value.code) == ("1, rue; du Four", "Angers", "49100")
    assert read.geo.value == "47.471100;-0.547300"
    assert read.note.value == "é" * 90 + "\nLun 9h-12h\nMar fermé"
    assert f"{BASE}/fiche?f=h" in [url.value for url in read.contents["url"]]


@pytest.mark.parametrize(("path", "said"), [("/qr.svg?f=la-halte", "/fiche?f=la-halte"), ("/qr.svg", "/"), ("/qr.svg?commune=angers", "/?commune=angers"),
                                            ("/qr.svg?q=" + "%F0%9F%8D%9E" * 90, "/")])  # fmt: skip
def test_a_code_leads_to_its_page(client, path, said):
    """The SVG holds the very modules of that address; too long an address leads home."""
    answer = client.get(path)
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.content == handout.qr_file(BASE + said)


def test_no_name_of_a_plan_hides_another_or_leaves_the_box():
    """Nor does one stand over the scale."""
    rows = [fiche(f"c-{n}", f"C {n}", commune=f"Saint-Commune-{n}", latitude=47 + n * 7 % 50 / 100, longitude=-0.5 + n * 13 % 50 / 100) for n in range(50)]  # fmt: skip
    drawn = plan.plan(build(rows, Site(), (), [], NOW), np.arange(50))
    boxes = [
        (label.x - len(label.text) * 4, label.y - 11, label.x + len(label.text) * 4, label.y + 2) for label in drawn.labels
    ]
    assert len(boxes) > 3
    boxes.append((0, plan.HEIGHT - 30, drawn.bar + 70, plan.HEIGHT))
    assert not [(a, b) for a, b in itertools.combinations(boxes, 2) if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]]  # fmt: skip
    assert all(0 <= box[0] and box[2] <= plan.WIDTH and 0 <= box[1] and box[3] <= plan.HEIGHT for box in boxes)


def test_a_telephone_reads_the_code():
    """Drawn from the SVG's own path, then read by a decoder that is not the encoder."""
    zxingcpp = pytest.importorskip("zxingcpp")
    from PIL import Image, ImageDraw

    drawn = handout.qr(f"{BASE}/fiche?f=la-halte")
    side = int(re.search(r'viewBox="0 0 (\d+)', drawn)[1])
    picture = Image.new("L", (side * 8, side * 8), 255)
    pen = ImageDraw.Draw(picture)
    x = y = 0.0
    for step, arguments in re.findall(r"([Mmh])([^Mmhz]*)", re.search(r'stroke="#000" d="([^"]*)"', drawn)[1]):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", arguments)]
        if step == "h":
            pen.rectangle([x * 8, (y - 0.5) * 8, (x + numbers[0]) * 8 - 1, (y + 0.5) * 8 - 1], fill=0)
            x += numbers[0]
        else:
            x, y = (numbers[0], numbers[1]) if step == "M" else (x + numbers[0], y + numbers[1])
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [f"{BASE}/fiche?f=la-halte"]


def test_a_poster_says_where_to_find_the_shop(client):
    """A5, the name, the site, the number, a code."""
    page = client.get("/affiche?f=la-halte").text
    assert "@page{size:A5" in page
    for said in ("La Halte", "Retrouvez-nous sur", "Conso Essai", "02 61 91 00 42", 'class="qr"'):
        assert said in page
    assert f'rel="canonical" href="{BASE}/fiche?f=la-halte"' in page


def test_a_new_snapshot_forgets_what_left(client, snapshot):
    """What was withdrawn is in no cache of these pages either."""
    client.get("/?embed=1&f=la-halte")
    client.get("/imprimer")
    assert elsewhere._light.cache_info().currsize
    assert elsewhere._printed.cache_info().currsize
    web.prepare(snapshot)
    assert not elsewhere._light.cache_info().currsize + elsewhere._printed.cache_info().currsize


def test_a_height_is_a_sensible_number():
    """Anything else is the default."""
    assert [framing.height(written) for written in ("520", "1", "99999", "abc", "", "²", "999999")] == [520, 200, 3000, 700, 700, 700, 700]  # fmt: skip
