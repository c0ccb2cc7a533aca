"""Whatever stands in the sheet, no face of the site is anything but text there: pages, feeds, open data, cards, the workbook itself."""

import re
from urllib.parse import quote, urlencode
from zipfile import ZipFile

import html5lib
import openpyxl
import pytest
from starlette.routing import Route

import schema
import settings as settings_
import web
from allowance import Allowance
from sheets import rows
from sheets.counter import Counter
from sheets.loop import Loop
from sheets.snapshot import build, live
from tests.hostile import corpus, reading, site
from tests.web.conftest import ARTICLES, FICHES, NOW
from tests.web.test_html import faults

pytestmark = pytest.mark.slow

SEARCHED = tuple(quote(text.encode("utf-8", "replace")[:600]) for text in corpus.TEXTS.values())


def slugs(snapshot) -> list[str]:
    """One fiche of each hostile text in each of its ways; those whose only oddity is a private cell are left to the lists."""
    return [slug for slug in snapshot.rows_by_slug if not slug.startswith("zqx-seul")]


def wrong(visitor, address: str, status: int = 200) -> list[str]:
    """What is wrong with a page, each with its address."""
    answer = visitor.get(address)
    tree = reading.tree(answer.text)
    embed = {"textarea"} if address.startswith(("/integrer", "/signaler")) else ()
    found = [*reading.escaped(tree.iter(), embed), *(fault for fault in faults(tree) if "embed" not in address)]
    if answer.status_code != status:
        found.append(f"{answer.status_code}")
    return [f"{address} : {said}" for said in found]


def test_most_of_it_is_online(hostile):
    """Else nothing would be tried."""
    snapshot = hostile.sync.live.snapshot
    assert len(slugs(snapshot)) > 2 * len(corpus.TEXTS)
    assert len(snapshot.articles) > len(corpus.TEXTS) - 3


def test_google_says_the_same_words(hostile, tmp_path):
    """Its JSON brings nulls, half surrogates and cells of 100 kB, which no workbook holds: the same fiches come of it, with the same words."""
    one, other = (
        {record["slug"]: record for record in snapshot.records(range(len(snapshot)))}
        for snapshot in (hostile.sync.live.snapshot, site.through_google(tmp_path).live.snapshot)
    )
    longest_number = one.keys() ^ other.keys()  # a workbook writes it as a float
    assert len(longest_number) == 2
    of_the_pass = {"updated_at", "parue_le", "photo"}
    different = [
        (slug, name)
        for slug in one.keys() & other.keys()
        for name in one[slug].keys() - of_the_pass
        if one[slug][name] != other[slug][name]
    ]
    assert [name for _, name in different] == ["adresse"]  # that number again


def test_a_fiche_is_its_words(visitor, hostile):
    """Nothing of a text becomes an element or an attribute; and it is there, whole, escaped once."""
    snapshot = hostile.sync.live.snapshot
    for slug in slugs(snapshot):
        address = f"/fiche?{urlencode({'f': slug})}"
        assert [] == wrong(visitor, address)
        tree = reading.tree(visitor.get(address).text)
        record = snapshot.fiche(slug)
        title = " ".join("".join(next(tree.iter("h1")).itertext()).split())
        assert title == " ".join(record["nom"].split())
        assert record["nom"] in next(tree.iter("title")).text


@pytest.mark.parametrize("path", ["/?embed=1&f=", "/affiche?f=", "/signaler?f=", "/integrer?f="])
def test_a_fiche_elsewhere_is_its_words(visitor, hostile, path):
    for slug in slugs(hostile.sync.live.snapshot)[::4]:
        assert [] == wrong(visitor, path + quote(slug))


def test_articles_and_pages_are_safe(visitor, hostile):
    for item in hostile.sync.live.snapshot.articles:
        address = f"/mag?article={item.slug}" if item.type == "article" else f"/page?p={item.slug}"
        assert [] == wrong(visitor, address)
        if item.type == "article":
            assert [] == wrong(visitor, f"/?embed=1&article={item.slug}")


def test_lists_are_safe(visitor, hostile):
    snapshot = hostile.sync.live.snapshot
    pages = range(1, -(-len(snapshot) // 24) + 1)
    for address in (*(f"/?page={number}" for number in pages), "/mag", "/imprimer", "/a-propos", "/inscription", "/favoris",
                    "/?embed=1", "/?embed=1&vue=carte", "/hors-ligne", "/?tri=nom&pres=angers", "/?q=zqx", "/?ouvert=1"):  # fmt: skip
        assert [] == wrong(visitor, address)
    pieces = [visitor.get(f"/resultats?page={number}").text for number in pages]
    pieces.append(visitor.post("/favoris", content="\n".join(slugs(snapshot)[:200])).text)
    assert [] == reading.escaped(each for text in pieces for part in reading.fragment(text) for each in part.iter())


@pytest.mark.parametrize("name", ["q", "pres", "categorie", "commune", "ouvert", "tri", "page", "rayon", "monnaie", "zqx", "f", "article", "rubrique", "vue"])  # fmt: skip
def test_what_an_address_says_is_safe(visitor, name):
    """A visitor can be sent anywhere by a link of somebody else's."""
    for number, asked in enumerate(SEARCHED):
        if number % 6 == len(name) % 6:
            assert [] == wrong(visitor, f"/?{name}={asked}")
    for asked in SEARCHED[len(name) % 8 :: 16]:
        for path in ("/imprimer", "/fiche", "/mag", "/page", "/integrer", "/signaler", "/affiche"):
            answer = visitor.get(f"{path}?{name}={asked}&p={asked}")
            assert answer.status_code in (200, 404), path
            assert [] == reading.escaped(reading.tree(answer.text).iter(), {"textarea"})
        results = reading.fragment(visitor.get(f"/resultats?{name}={asked}").text)
        assert [] == reading.escaped(each for part in results for each in part.iter())


def test_feeds_are_xml(visitor):
    for address in ("/mag.xml", "/fiches.xml", *(f"/fiches.xml?q={asked}&categorie={asked}" for asked in SEARCHED)):
        assert [] == reading.atom(visitor.get(address).content)
    assert b"zqx=" not in visitor.get("/sitemap.xml").content
    reading.ElementTree.fromstring(visitor.get("/sitemap.xml").content)
    for asked in SEARCHED[::4]:
        reading.ElementTree.fromstring(visitor.get(f"/qr.svg?q={asked}").content)


def test_open_data_is_json_and_says_the_words(visitor, hostile):
    snapshot = hostile.sync.live.snapshot
    told = {each["slug"]: each for each in reading.strict_json(visitor.get("/api/fiches.json").content)["fiches"]}
    for address in ("/api/fiches.json", "/api/fiches.geojson", "/api/gogocarto.json", "/api/osm.geojson", "/api/schema.json", "/api/openapi.json",
                    "/manifest.webmanifest", "/carte/style.json", "/tuiles/9/255/178.json", "/tuiles/17/65335/45750.json"):  # fmt: skip
        assert [] == [key for key in reading.keys(reading.strict_json(visitor.get(address).content)) if corpus.MARK in key]
    for slug in slugs(snapshot):
        assert told[slug]["nom"] == snapshot.fiche(slug)["nom"]
        for key in ("site", "facebook", "instagram", "photo"):
            assert re.match(r"https?://|/photos/|/fichiers/|$", told[slug][key])
            assert not re.search(r"[\s<>\"'`\\]", told[slug][key].replace("'", "")), told[slug][key]


def test_no_cell_of_the_csv_is_a_formula(visitor, hostile):
    for separator in (",", ";"):
        lines = reading.table(visitor.get(f"/api/fiches.csv?sep={quote(separator)}").content, separator)
        assert len(lines) == len(hostile.sync.live.snapshot) + 1
        assert [] == reading.formulas(lines)


def test_a_visiting_card_is_one_card(visitor, hostile):
    for slug in slugs(hostile.sync.live.snapshot):
        answer = visitor.get(f"/fiche.vcf?f={slug}")
        assert [] == reading.vcard(answer.content)
        assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.vcf"', answer.headers["content-disposition"])


def test_no_text_is_a_header(visitor, hostile):
    """Nothing of the sheet, and nothing of an address, stands in a header but its own address."""
    addresses = [
        "/",
        "/mag",
        "/api/fiches.csv",
        "/manifest.webmanifest",
        *(f"/fiche?f={slug}" for slug in slugs(hostile.sync.live.snapshot)[::9]),
    ]
    for address in (*addresses, *(f"/?q={asked}" for asked in SEARCHED), *(f"/annuaire?q={asked}" for asked in SEARCHED)):
        for name, value in visitor.get(address).headers.multi_items():
            assert name != "set-cookie"
            assert corpus.MARK not in value or name == "location"
            assert not re.search(r"[\r\n\0]", value)


def test_the_code_for_other_sites_is_one_frame(visitor, hostile):
    """What a town hall copies into its own page."""
    for slug in slugs(hostile.sync.live.snapshot)[::3]:
        url = f"http://conso.example/fiche?f={slug}"
        code = reading.strict_json(visitor.get("/oembed", params={"url": url}).content)["html"]
        tags = [each.tag for part in reading.fragment(code) for each in part.iter()]
        assert ["iframe", "p", "a"] == tags
        assert [] == reading.escaped(each for part in reading.fragment(code) for each in part.iter())


@pytest.mark.parametrize("number", range(len([*corpus.reglages()])))
def test_whatever_the_team_sets_is_safe(visitor, monkeypatch, number):
    """Every key of «Réglages» at once."""
    values = [["clé", "valeur"], *([key, value] for key, value in [*corpus.reglages()][number].items())]
    told, _ = rows.site(schema.REGLAGES_TAB.name, values)
    monkeypatch.setattr(live, "snapshot", build(FICHES, told, ARTICLES, now=NOW))
    pages = (
        "/fiche?f=la-halte",
        "/?embed=1",
        "/imprimer",
        "/inscription",
        "/affiche?f=la-halte",
        "/signaler?f=la-halte",
        "/integrer",
        "/",
    )
    for address in ("/a-propos", pages[number % len(pages)]):
        assert [] == wrong(visitor, address)
    assert [] == reading.atom(visitor.get("/mag.xml").content)
    for address in (
        "/api/fiches.json",
        "/manifest.webmanifest",
        "/api/openapi.json",
        "/api/osm.geojson",
        "/oembed?url=http://conso.example/",
    ):
        reading.strict_json(visitor.get(address).content)


def test_the_workbook_gains_no_formula(hostile, tmp_path):
    """What merchants, visitors and the app write there is text, also where it begins with «=»; what its programs would run is in no part."""
    sync = hostile.sync
    counter = Counter(sync, Loop(sync), hostile.workbook)
    for formula in corpus.FORMULAS.values():
        answers = {
            column.key: formula
            for column in schema.QUESTIONS
            if column.asked and type(column.kind).__name__ in ("Line", "Lines")
        }
        counter._allowance = Allowance()
        counter.submit(
            {
                **answers,
                "categorie": "Bar",
                "code_postal": "49100",
                "commune": "Angers",
                "consentement": schema.CONSENT,
                "adresse": formula,
            }
        )
    hostile.workbook.flush()
    workbook = openpyxl.load_workbook(hostile.path)
    cells = [cell for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value is not None]
    ours = re.compile(r'=HYPERLINK\("#\S.*!A\d+","?\d+"?\)|=HYPERLINK\("#[^"]*", ?\d+\)')
    formulas = [cell for cell in cells if cell.data_type == "f"]
    assert {schema.SUIVI_TAB.name} == {cell.parent.title for cell in formulas}  # the way to a line, made of its number alone
    assert [] == [cell.value for cell in formulas if not ours.fullmatch(str(cell.value))]
    assert sum(str(cell.value).startswith("=HYPERLINK") for cell in cells) > 3
    with ZipFile(hostile.path) as parts:
        assert [] == [name for name in parts.namelist() if "externalLink" in name or "vba" in name.lower()]


@pytest.mark.parametrize(("wrote", "found"), [
    ('<p onclick="x">', "<p onclick>"), ('<img src="//a.example/b">', "<img src="), ('<a href="java&#9;script:x">', "<a href="), ("<iframe srcdoc=x></iframe>", "srcdoc"),
    ("<zqx></zqx>", "<zqx>"), ('<p id="zqx"></p>', "id="), ('<p style="color:red"></p>', "style="), ("<script>alert(1)</script>", "<script>"), ("<style>*{}</style>", "<style>"),
    ('<form action="https://a.example"></form>', "<form"), ('<script type="application/ld+json">{"zqx":1}</script>', "JSON-LD"),
])  # fmt: skip
def test_what_escapes_is_found(wrote, found):
    """The reading itself can fail."""
    tree = html5lib.HTMLParser(namespaceHTMLElements=False).parseFragment(wrote)
    assert any(found in said for said in reading.escaped(each for part in tree for each in part.iter()))


def test_other_faults_are_found():
    assert ["=1+1"] == reading.formulas([["=1+1", "-12", "02 41", "-3.5"]])
    with pytest.raises(ValueError):
        reading.strict_json(b'{"a":NaN}')
    with pytest.raises(ValueError):
        reading.strict_json(b'{"a":1,"a":2}')
    assert reading.vcard(b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:a\r\nN:a;;;;\r\nX-ZQX:b\r\nEND:VCARD\r\n") == ["X-ZQX"]


KNOWN = {
    "/", "/fiche", "/mag", "/page", "/a-propos", "/inscription", "/feuille", "/integrer", "/imprimer", "/affiche", "/fiche.vcf", "/qr.svg", "/oembed", "/favoris", "/signaler", "/resultats", "/francais-{version}.js",
    "/api/fiches.json", "/api/fiches.geojson", "/api/fiches.csv", "/api/gogocarto.json", "/api/osm.geojson", "/api/schema.json", "/api/openapi.json",
    "/tuiles/{z:int}/{x:int}/{y:int}.json", "/carte/style.json", "/carte/{z:int}/{x:int}/{y:int}", "/photos/{name}.webp", "/dessins/{slug}.svg", "/dessins/{slug}.png", "/polices/titres-1.woff2", "/mag.xml",
    "/fiches.xml", "/sitemap.xml", "/robots.txt", "/manifest.webmanifest", "/favicon.png", "/icone-{size:int}.png", "/icone-masque-512.png", "/sw.js", "/hors-ligne", "/healthz", "/readyz",
}  # fmt: skip


def test_every_address_is_known_here(tmp_path):
    """A new one is to be read above, or carries no word of anybody's."""
    routes = web.routes(settings_.load({"CONSO_SPREADSHEET": "", "CONSO_MAP_TILES": ""}, tmp_path / "none.toml"))
    assert {route.path for route in routes if isinstance(route, Route)} == KNOWN
