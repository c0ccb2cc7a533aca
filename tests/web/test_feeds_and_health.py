"""For programs: the magazine's feed, the sitemap, and how the process does."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from sheets.snapshot import Heartbeat, live


def test_the_feed_is_strict_xml_with_absolute_links(client):
    """Titles letter for letter, images and links absolute, what is to come left out."""
    channel = ElementTree.fromstring(client.get("/mag.xml").content).find("channel")
    items = channel.findall("item")
    assert [item.findtext("title") for item in items] == ["Foire d'automne & 🍂"]
    assert items[0].findtext("link") == "http://conso.example/mag?article=foire-d-automne"
    assert "http://conso.example/photo.jpg" in items[0].findtext("{http://purl.org/rss/1.0/modules/content/}encoded")


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
