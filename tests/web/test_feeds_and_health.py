"""For programs: the magazine's feed, the sitemap, and how the process does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import feedparser
from lxml import etree

from schema import Site
from sheets.snapshot import Article, Heartbeat, build, live
from tests.web.conftest import NOW, fiche
from web import feeds


def test_the_feed_is_atom_that_another_reader_understands(client):
    """Titles letter for letter, ids that are the pages' own addresses, images absolute, what is to come left out."""
    answer = client.get("/mag.xml")
    feed = feedparser.parse(answer.content)
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert (False, "atom10", "fr") == (feed.bozo, feed.version, feed.feed.language)
    (entry,) = feed.entries
    assert "Foire d'automne & 🍂" == entry.title
    assert "http://conso.example/mag?article=foire-d-automne" == entry.id == entry.link
    assert "2026-11-02T00:00:00Z" == entry.updated == entry.published == feed.feed.updated
    assert "Conso Essai" == entry.author
    assert "text/html" == entry.content[0].type
    assert 'src="http://conso.example/photo.jpg"' in entry.content[0].value


def test_a_feed_holds_no_sign_that_xml_refuses(snapshot):
    """One bad sign in a title would cost the whole feed."""
    article = Article("a", "Un\x0b titre\ufffe", "", "texte\x00", "", "", None, "Ru\x1bbrique", "article")
    ElementTree.fromstring(feeds._atom(build([], Site(), [article], [], NOW), "http://conso.example", NOW))


def test_new_fiches_are_a_feed_of_any_query(client, monkeypatch):
    """Newest first by their first day online, whatever was changed since or asked of the order; 50 at most."""
    told = [fiche(f"f-{day}", f"Fiche {day} & <co>\x0b", commune="Cholet" if day % 2 else "Angers", activite="Pain", parue_le=NOW - timedelta(days=day),
                  updated_at=NOW + timedelta(days=day)) for day in range(120)]  # fmt: skip
    monkeypatch.setattr(live, "snapshot", build(told, Site(name="Conso Essai"), (), [], NOW))
    answer = client.get("/fiches.xml?commune=cholet&tri=nom&page=2&inconnu=1")
    feed = feedparser.parse(answer.content)
    assert (False, "atom10", "application/atom+xml; charset=utf-8") == (feed.bozo, feed.version, answer.headers["content-type"])
    assert [f"http://conso.example/fiche?f=f-{day}" for day in range(1, 100, 2)] == [entry.id for entry in feed.entries]
    first = feed.entries[0]
    assert ("Fiche 1 & <co>", "Boulangerie · Cholet. Pain", "2026-11-23T10:00:00Z") == (
        first.title,
        first.summary,
        first.updated,
    )
    assert ("boulangerie", "Boulangerie") == (first.tags[0].term, first.tags[0].label)
    assert "2026-11-23T10:00:00Z" == feed.feed.updated
    assert "Nouvelles fiches — Cholet — Conso Essai" == feed.feed.title
    assert {"self": "http://conso.example/fiches.xml?commune=cholet", "alternate": "http://conso.example/?commune=cholet"} == {
        link.rel: link.href for link in feed.feed.links
    }


def test_a_feed_of_nothing_is_a_feed(client):
    feed = feedparser.parse(client.get("/fiches.xml?q=zzzzzz").content)
    assert (False, []) == (feed.bozo, feed.entries)


def test_the_directory_says_where_its_new_fiches_are_followed(client):
    """In the head, for readers of feeds, and below the list, with the same query from its first page."""
    page = client.get("/?categorie=boulangerie&page=2").text
    assert (
        '<link rel="alternate" type="application/atom+xml" title="Nouvelles fiches" href="http://conso.example/fiches.xml?categorie=boulangerie">'
        in page
    )
    assert '<a href="/fiches.xml?categorie=boulangerie" rel="nofollow">Suivre les nouvelles fiches</a>' in page
    assert "Nouvelles fiches" not in client.get("/mag").text


def test_the_sitemap_lists_every_page(client):
    """Fiches, released articles and standing pages."""
    places = [
        loc.text
        for loc in ElementTree.fromstring(client.get("/sitemap.xml").content).iter(
            "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
        )
    ]
    assert "http://conso.example/fiche?f=la-halte" in places
    assert "http://conso.example/page?p=crise" in places
    assert not any("demain" in place for place in places)


def test_the_sitemap_keeps_to_the_rules_of_sitemaps_org(client):
    """By a schema of its rules; the schema itself refuses what the rules do."""
    rules = etree.XMLSchema(etree.parse(Path(__file__).parent / "sitemap.xsd"))
    content = client.get("/sitemap.xml").content
    assert rules.validate(etree.fromstring(content)), rules.error_log
    for broken in (
        content.replace(b"http://conso.example/mag<", b"/mag<"),
        content.replace(b"2026-11-24T10", b"24/11/2026"),
        b"<urlset/>",
    ):
        assert not rules.validate(etree.fromstring(broken))


def test_robots_are_told_by_the_rules_that_they_read(client):
    """The directory and the fiches are open to them, `/feuille` is not; the sitemap is where they are told."""
    said = RobotFileParser()
    said.parse(client.get("/robots.txt").text.splitlines())
    may = {
        path: said.can_fetch("Googlebot", f"http://conso.example{path}")
        for path in ("/", "/fiche?f=la-halte", "/mag", "/api/fiches.json", "/feuille")
    }
    assert {"/": True, "/fiche?f=la-halte": True, "/mag": True, "/api/fiches.json": True, "/feuille": False} == may
    assert ["http://conso.example/sitemap.xml"] == said.site_maps()


def test_readyz_tells_the_age_and_the_last_error(client, monkeypatch):
    """200 as long as a snapshot is loaded, however old; what went wrong and since when."""
    at = datetime.now(UTC) - timedelta(minutes=12)
    error = {"at": at.isoformat(), "kind": "quota", "message": "Le quota est atteint."}
    monkeypatch.setattr(live, "heartbeat", Heartbeat(at, error))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    said = answer.json()
    assert list(said) == ["ready", "age_seconds", "snapshot", "fiches", "articles", "last_error"]
    assert 715 <= said["age_seconds"] <= 725
    assert said["last_error"] == error
    assert "il y a 12 minutes" in client.get("/").text


def test_nothing_is_ready_before_the_first_snapshot(client, monkeypatch):
    """503, for balancers and for people."""
    monkeypatch.setattr(live, "snapshot", None)
    assert client.get("/readyz").status_code == 503
    assert client.get("/").status_code == 503
    assert client.get("/healthz").status_code == 200
