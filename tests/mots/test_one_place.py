"""Every sentence that a visitor or a merchant reads is in the catalogue: with another catalogue, none is said as the code writes it."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import annuaire
import schema
import settings as settings_
import web
from fields import place
from fields.date import PARIS
from sheets import approval, messages, suivi
from sheets.duplicates import SIGN
from sheets.messages import Kind
from sheets.open_counter import Refused
from sheets.snapshot import live, slug_digest
from tests.mots import pseudo
from ui import blocks, home, legend, magazine, map, privacy
from ui import elsewhere as paper
from web import shell
from web.door import Door

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
STRANGE = {facet: f"⟪{value}⟫" for facet, value in {"categorie": "licorne", "commune": "atlantide", "livraison": "zzz", "paiement": "zzz", "label": "zzz", "monnaie": "bof", "ouvert": "jamais", "pres": "nulle-part-du-tout"}.items()}  # fmt: skip
QUERIES = [
    urlencode(query)
    for query in (
        {}, {"q": "⟪pain⟫"}, {"q": "⟪zzzzqq⟫"}, {"q": "⟪...⟫"}, {"q": "⟪boulangrie⟫"}, {"categorie": "boulangerie", "commune": "angers"}, STRANGE,
        {"categorie": "boulangerie,bar", "q": "⟪zzzzqq⟫"}, {"page": "2"}, {"page": "99"}, {"pres": "angers", "rayon": "5", "tri": "distance"}, {"pres": "47.4,-0.5"},
        {"pres": "angers", "q": "⟪zzzzqq⟫", "ouvert": "1", "monnaie": "1"}, {"ouvert": "1"}, {"ouvert": "2026-11-24T10:00"}, {"monnaie": "1"}, {"livraison": "livraison-ou-retrait"},
    )
]  # fmt: skip
"""What visitors ask: something, nothing, what is nowhere. Their own words stand between ⟪ and ⟫."""


@pytest.fixture
def site(snapshot, tmp_path):
    """The site's addresses; as a function of what visitors' reports become, and of what the settings say."""

    def made(take=lambda slug, what: True, **environ) -> TestClient:
        settings = settings_.load({"CONSO_SPREADSHEET": "", "CONSO_MAP_TILES": "", **environ}, tmp_path / "none.toml")
        routes = web.routes(settings, take)
        door = Door("la-cle", exists=True)
        app = Starlette(routes=routes, middleware=web.middleware(settings, door, routes))
        client = TestClient(app, base_url="http://conso.example", follow_redirects=False)
        client.cookies.set("feuille", door.cookie(False).split("=", 1)[1].split(";")[0])
        return client

    return made


def wrong(reader, client, *addresses: str, status: int = 200) -> list[str]:
    found = []
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == status, address
        found += [f"{address} : {said}" for said in reader.page(answer.text)]
    return found


def test_the_reader_hears_what_no_catalogue_says():
    """Else nothing would be tried: a text, an attribute, a bracket shut too early, a title, a description."""
    heard = pseudo.Reader(["Angers"]).page(
        '<title>Ici</title><meta name="description" content="Voici"><p aria-label="là">⟦oui <b>⟪Ann⟫</b>⟧ non <i>Angers</i> 12 ⟦et⟧ Bar</p><script>rien</script>'
    )
    assert heard == ["Ici", "non", "meta Voici", "p là"]


def test_the_directory_says_nothing_else(reader, site):
    client = site()
    assert [] == wrong(reader, client, *(f"/?{query}" for query in QUERIES))
    assert [] == reader.page(client.get("/", headers={"save-data": "on"}).text)


@pytest.mark.slow
def test_every_fiche_says_nothing_else(reader, site, snapshot):
    client = site()
    assert len(snapshot) > 30
    assert [] == wrong(reader, client, *(f"/fiche?f={slug}" for slug in snapshot.rows_by_slug))


def test_the_magazine_and_the_standing_pages_say_nothing_else(reader, site, snapshot):
    articles = [f"/mag?article={item.slug}" if item.type == "article" else f"/page?p={item.slug}" for item in snapshot.articles if item.is_out(datetime.now(UTC))]  # fmt: skip
    assert len(articles) > 4
    assert [] == wrong(reader, site(), "/mag", "/mag?rubrique=agenda", *articles)


def test_what_is_nowhere_says_nothing_else(reader, site, snapshot, monkeypatch):
    client = site()
    assert [] == wrong(reader, client, "/fiche?f=rien", "/mag?article=rien", "/page?p=rien", "/nulle-part", "/signaler?f=rien", "/affiche?f=rien", "/integrer?f=rien", "/?embed=1&f=rien", status=404)  # fmt: skip
    monkeypatch.setattr(live, "snapshot", replace(snapshot, withdrawn=frozenset([slug_digest("partie")])))
    assert [] == wrong(reader, client, "/fiche?f=partie", "/?embed=1&f=partie", status=410)
    monkeypatch.setattr(live, "snapshot", replace(snapshot, articles=()))
    assert [] == wrong(reader, client, "/mag")
    monkeypatch.setattr(live, "snapshot", None)
    assert [] == wrong(reader, client, "/", "/favoris", status=503)


@pytest.mark.parametrize("practice", ["embedded", "mail_host", "geocoder_host", "map_host", "reports", "requests_logged", ""])
def test_what_is_told_of_the_site_says_nothing_else(reader, site, snapshot, monkeypatch, practice):
    """Whatever is on, with and without what «Réglages» says."""
    client = site()
    told = privacy.Practices(embedded=False)
    if practice:
        told = replace(
            told, **{practice: True if practice in ("embedded", "reports", "requests_logged") else "serveur.example"}
        )
    monkeypatch.setattr(privacy.current, "practices", told)
    assert [] == wrong(reader, client, "/a-propos")
    bare = replace(snapshot.site, contact="", publisher="", host="", licence="⟪Une autre⟫", mails="non", form_url="https://docs.google.com/forms/d/e/1/viewform")  # fmt: skip
    monkeypatch.setattr(live, "snapshot", replace(snapshot, site=bare, version="autre"))
    assert [] == wrong(reader, client, "/a-propos", "/inscription")


def test_the_way_in_says_nothing_else(reader, site, snapshot, monkeypatch):
    client = site()
    assert [] == wrong(reader, client, "/inscription", "/feuille")
    monkeypatch.setattr(live, "embedded", False)
    assert [] == wrong(reader, client, "/inscription")
    monkeypatch.setattr(live, "snapshot", replace(snapshot, site=replace(snapshot.site, form_url="https://docs.google.com/forms/d/e/1/viewform", contact=""), version="x"))  # fmt: skip
    assert [] == wrong(reader, client, "/inscription")


def test_favourites_say_nothing_else(reader, site, snapshot):
    client, slug = site(), next(iter(snapshot.rows_by_slug))
    assert [] == wrong(reader, client, "/favoris")
    assert [] == [said for sent in ("", slug, f"{slug}\npartie", "partie\npartie-aussi") for said in reader.page(client.post("/favoris", content=sent).text)]  # fmt: skip


def test_a_report_says_nothing_else(reader, site, snapshot, monkeypatch):
    """The form, each refusal, the thanks, and the mail in its place."""
    slug = next(iter(snapshot.rows_by_slug))
    client, address = site(), f"/signaler?f={slug}"
    assert [] == wrong(reader, client, address, f"{address}&merci=1")
    sent = [
        ({"quoi": ""}, {}, 422),
        ({"quoi": "autre"}, {}, 422),
        ({"quoi": "ferme"}, {"origin": "https://ailleurs.example"}, 403),
        ({"quoi": "x" * 9000}, {}, 413),
    ]
    answers = [client.post(address, data=fields, headers=headers) for fields, headers, _ in sent]
    assert [status for *_, status in sent] == [answer.status_code for answer in answers]
    answers += [client.post(address, data={"quoi": "ferme"}) for _ in range(10)]
    assert answers[-1].status_code == 429
    answers.append(site(lambda slug, what: False).post(address, data={"quoi": "ferme"}))
    assert answers[-1].status_code == 503
    assert [] == [said for answer in answers for said in reader.page(answer.text)]
    assert [] == wrong(reader, site(None), address)
    monkeypatch.setattr(live, "snapshot", replace(snapshot, site=replace(snapshot.site, contact=""), version="x"))
    assert [] == wrong(reader, site(None), address)


@pytest.mark.slow
def test_what_leaves_the_site_says_nothing_else(reader, site, snapshot):
    slug, article = next(iter(snapshot.rows_by_slug)), magazine.released(snapshot, datetime.now(UTC))[0].slug
    pages = [
        f"/integrer?f={slug}",
        f"/integrer?article={article}",
        f"/?embed=1&f={slug}",
        f"/?embed=1&article={article}",
        f"/affiche?f={slug}",
    ]
    for query in QUERIES:
        pages += [f"/?embed=1&{query}", f"/?embed=1&vue=carte&{query}", f"/imprimer?{query}"]
    assert [] == wrong(reader, site(), *pages)


@pytest.mark.parametrize("origins", ["", "https://mairie.example", "*"])
@pytest.mark.parametrize("contact", ["bonjour@conso.example", ""])
def test_whoever_may_frame_it_the_code_says_nothing_else(reader, site, snapshot, monkeypatch, origins, contact):
    monkeypatch.setattr(
        live, "snapshot", replace(snapshot, site=replace(snapshot.site, contact=contact), version=contact or "x")
    )
    assert [] == wrong(reader, site(CONSO_EMBED_ORIGINS=origins), "/integrer", f"/integrer?{QUERIES[5]}")


@pytest.mark.parametrize("left_out", [1, 2])
def test_a_list_too_long_for_paper_says_nothing_else(reader, site, snapshot, monkeypatch, left_out):
    monkeypatch.setattr(paper, "ON_PAPER", len(snapshot) - left_out)
    web.elsewhere.forget()
    assert [] == wrong(reader, site(), "/imprimer")


def test_old_news_and_no_network_say_nothing_else(reader, site):
    assert [] == wrong(reader, site(), "/hors-ligne")
    ages = [blocks.since(seconds, True) for seconds in (60 * 5, 3600 * 5, 86400 * 5)]
    assert all(ages)
    assert [] == reader.outside(*ages)


def test_drafts_say_nothing_else(reader, site, snapshot):
    live.drafts.lock("une-cle-assez-longue")
    live.drafts.keep(replace(item, slug=f"{item.slug}-2", date=None) for item in snapshot.articles)
    kinds = {item.type: item.slug for item in snapshot.articles}
    key = "apercu=une-cle-assez-longue"
    assert [] == wrong(
        reader, site(), f"/mag?{key}", f"/mag?article={kinds['article']}-2&{key}", f"/page?p={kinds['page']}-2&{key}"
    )
    live.drafts.keep(())
    assert [] == wrong(reader, site(), f"/mag?{key}")
    live.drafts.lock(None)


def test_programs_that_show_words_to_people_get_ours(reader, site):
    """Feeds, the telephone's home screen, the map's points, what a search engine shows."""
    client = site()
    said = [
        client.get(address).json() for address in ("/manifest.webmanifest", "/tuiles/9/255/178.json", "/tuiles/5/15/11.json")
    ]
    assert [] == reader.outside(said[0]["description"], *(each["name"] for each in said[0]["shortcuts"]))
    points = [each["properties"]["dit"] for tile in said[1:] for each in tile["features"]]
    assert points
    assert [] == [part for point in points for line in point.split("\n") for part in reader.outside(line)]
    for feed in ("/mag.xml", "/fiches.xml", "/fiches.xml?categorie=boulangerie"):
        root = ElementTree.fromstring(client.get(feed).content)
        name = "{http://www.w3.org/2005/Atom}"
        assert [] == reader.outside(*(root.findtext(name + each) or "" for each in ("title", "subtitle")))
    linked = re.findall(
        r'"(?:name|description)": "([^"]*)"', client.get("/").text + client.get("/mag?article=cent-fiches-merci").text
    )
    assert len(linked) > 3
    assert [] == [part for each in linked[:2] for part in reader.outside(each)]


def test_opening_hours_say_nothing_else(reader, shop):
    """Every hour of two weeks, public holidays among them, in each way of keeping hours."""
    hours = ("24/7", "Mo-Fr 09:00-12:00,14:00-19:00", "Sa 18:00+", "Fr 22:00-02:00", "Dec 25 10:00-12:00", "Th[1] 09:00-24:00")
    closures = ((None, None), (None, NOW.date() + timedelta(2)), (NOW.date(), None))
    told = {
        annuaire.state(each, *closure, datetime(2026, 12, 18, hour, 30, tzinfo=UTC) + timedelta(days)).text or ""
        for each in (*hours, None)
        for closure in closures
        for days in range(14)
        for hour in range(1, 24, 6)
    }
    assert len(told) > 20
    assert [] == [part for said in told for part in reader.outside(said)]
    today = NOW.date()
    said = [
        annuaire.closure(today + timedelta(since), today + timedelta(until), today)
        for since, until in ((0, 0), (1, 3), (-40, 1), (0, 60), (3, 500))
    ]
    said += [annuaire.closure(today, None, today), annuaire.closure(None, today, today)]
    dated = {
        "ferme_du": None,
        "ferme_au": None,
        "horaires_exceptionnels": "Ouvert le dimanche 29 novembre de 9h à 13h et de 14h à minuit",
        "verifie_le": today,
    }
    said += annuaire.banners(dated, NOW)
    assert len(said) == 8
    assert all(said)
    assert [] == [part for each in said for part in reader.outside(each)]


def test_messages_to_merchants_say_nothing_else(reader, shop, snapshot):
    decision = shop.sync.report.decisions[0]
    lacking = replace(decision, submission=replace(decision.submission, problems=tuple(replace(problem, blocking=True) for problem in _problems(shop))))  # fmt: skip
    for kind in Kind:
        message = messages._message(lacking, kind, messages._lacking(lacking.submission) if kind is Kind.LACKING else ())
        for words in messages.written(
            message, replace(snapshot.site, contact="a@b.example"), "https://conso.example", "https://conso.example/x"
        ):
            assert words
            assert [] == [part for line in [words] for part in reader.outside(line)]


def _problems(shop):
    return [problem for decision in shop.sync.report.decisions for problem in decision.submission.problems]


BAD = ("x", "12", "4900", "99999", "néant !", "31/02/2026", "5 mai", "1", "1er mars 1950", "javascript:alert(1)", "a@b.example", "https://", "exemple", "www.a.example www.b.example",
       "https://www.facebook.com/", "https://www.instagram.com/", "@a @b", "https://drive.google.com/x", "oui mais", "#REF!", "0", "47,4", "400", "123456789", "12:30", "{x} {nom}",
       "https://a:b@c.example", "x" * 4000, "boulangrie", True, 0.5, 8.5)  # fmt: skip


def test_what_is_wrong_with_an_answer_says_nothing_else(reader, shop):
    """Of each kind of cell, and of places that contradict each other."""
    faults = {
        fault.expected
        for column in (*schema.FICHE, *schema.REGLAGES)
        for cell in BAD
        for fault in (column.kind if hasattr(column, "kind") else column.metadata["kind"]).read(cell, {}).faults
    }
    rows = [
        {"commune": commune, "code_postal": code, "latitude": latitude, "longitude": longitude}
        for commune in ("", "Angers", "Saint-Martin", "Atlantide", "Angerss", "Le Mans")
        for code in ("", "49100", "49730", "99999", "75001", "49", "CEDEX")
        for latitude, longitude in (
            ("", ""),
            ("47.47", "-0.55"),
            ("-0.55", "47.47"),
            ("47.47", "0.55"),
            ("0", "0"),
            ("99", "500"),
            ("10", "10"),
            ("47.47", ""),
            ("x", "y"),
        )
    ]
    faults |= {fault.expected for row in rows for said in place.locate(row).faults.values() for fault in said}
    assert len(faults) > 60
    assert [] == [part for said in faults for part in reader.outside(said)]


def test_refusals_say_nothing_else(reader, shop, monkeypatch):
    refused = {}
    for answers in ({}, {"nom": "x" * 6000, "photo": "x y", "commune": "Atlantide", "email": "x"}):
        with pytest.raises(Refused) as error:
            shop.counter.submit(answers, "192.0.2.1")
        refused |= error.value.said
    good = {"nom": "A", "categorie": "Bar", "commune": "Angers", "code_postal": "49100", "consentement": schema.CONSENT}
    monkeypatch.setattr(shop.counter._allowance, "takes", lambda most: False)
    with pytest.raises(Refused) as error:
        shop.counter.submit(good, "192.0.2.2")
    refused |= error.value.said
    with pytest.raises(Refused) as error:
        shop.counter.save("rien", good)
    refused |= {"lien": error.value.said[""]}
    assert len(refused) > 6
    assert [] == [part for said in refused.values() for part in reader.outside(said)]


def test_suivi_says_nothing_else_of_a_fiche(reader, shop):
    """Its states, and the sign by which Google's script knows a duplicate, are its contract."""
    known = {SIGN, *(str(state) for state in approval.State)}
    said = [
        suivi.waits(1),
        suivi.waits(8),
        suivi.to_confirm(200),
        *(remark.expected for remark in shop.sync.report.remarks.values()),
    ]
    said += [problem.expected for problem in _problems(shop)]
    assert len(said) > 4
    assert [] == [part for each in said for part in reader.outside(each) if part.strip(" :") not in known]


def test_what_the_team_reads_beside_a_fiche_says_nothing_else(reader, shop):
    pieces = [blocks.unshown(""), blocks.signalled("⟪A⟫", 3, "a", "⟦⟧", "12/11"), blocks.signalled("⟪A⟫", None, "a", "⟦⟧", "12/11"), blocks.opened("a"),
              blocks.changed([("Nom", "a", "")]).replace("<del>a</del>", ""), blocks.drafts_link("https://a.example"), blocks.fill("autour.html")]  # fmt: skip
    assert [] == [part for piece in pieces for part in reader.page(piece)]
    assert [] == reader.outside(blocks.lock("", datetime(2026, 11, 2, tzinfo=PARIS), True))


def test_the_map_says_nothing_else(reader, snapshot):
    assert [] == reader.page(legend.legend(snapshot, annuaire.Query(), NOW) + home.shortcuts(snapshot, annuaire.Query(), NOW))
    assert [] == [
        part
        for record in snapshot.records(range(len(snapshot)))
        for part in reader.outside(*map.told(record).split("\u00a0; "))
    ]


@pytest.mark.parametrize("name", ["client/*.js", "french.js", "worker.js"])
def test_no_script_says_a_sentence_of_its_own(shop, name):
    """Outside of `_("…")`, and of comments, no word of theirs has an accent; inside, each finds its rewording in what is served."""
    script = "".join(part.read_text("utf-8") for part in (ROOT / "web").glob(name))
    said = {text.replace("\\u00a0", "\u00a0") for text in _SAID.findall(script)}
    assert len(said) > 5
    bare = re.sub(r"(?m)/\*(?s:.*?)\*/|(?<=\s)//.*$", "", _SAID.sub("", script))
    assert [] == re.findall(r".*[àâçéèêîôûùÀÉÊ].*", bare)
    served = shell.reworded(script)
    reworded = json.loads(re.search(r"const reworded = (\{.*\});", served)[1])
    assert said == {text for text in said if reworded[text].startswith("⟦")}


_SAID = re.compile(r'\b_\("((?:[^"\\]|\\.)*)"')
"""What a script says, e.g. `_("Tout effacer"`."""
