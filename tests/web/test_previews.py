"""`?apercu=KEY`: drafts for the team, and for nobody else not even a hint."""

import pytest

from sheets.drafts import Drafts
from sheets.snapshot import Article, live
from web import pages

KEY = "une-cle-assez-longue"
DRAFTS = (
    Article("secret", "Le secret & co", "", "Une **confidence**", "", "Camille", None, "Agenda", "article"),
    Article("projet", "Un projet", "", "Bientôt une page", "", "", None, "", "page"),
)
WRONG = ("", "faux", KEY[:-1], KEY.upper())
HIDDEN = ("/mag?article=secret", "/page?p=projet", "/mag?article=demain")


@pytest.fixture(autouse=True)
def drafts(monkeypatch):
    kept = Drafts()
    kept.lock(KEY)
    kept.keep(DRAFTS)
    monkeypatch.setattr(live, "drafts", kept)


@pytest.mark.parametrize(
    ("path", "words"),
    [("/mag?", "Un projet"), ("/mag?article=secret&", "<strong>confidence</strong>"), ("/page?p=projet&", "Bientôt une page"), ("/mag?article=demain&", "juin 2027")],
)  # fmt: skip
def test_the_key_opens_what_is_not_online_and_leaves_no_trace(client, path, words):
    """Also what is ticked for a day to come. No cache keeps it, no engine reads it, no address of a link tells the key."""
    pages.forget()
    answer = client.get(f"{path}apercu={KEY}")
    assert answer.status_code == 200
    assert words in answer.text
    assert "visible" in answer.text
    assert "par l'équipe seulement" in answer.text.replace("&#39;", "'")
    assert {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}.items() <= dict(
        answer.headers
    ).items()
    assert "etag" not in answer.headers
    assert '<meta name="robots" content="noindex">' in answer.text
    assert KEY not in answer.text.partition("</head>")[0]
    assert "oembed" not in answer.text
    assert pages._body.cache_info().currsize == 0


@pytest.mark.parametrize("key", WRONG)
@pytest.mark.parametrize("path", HIDDEN)
def test_without_the_key_a_draft_is_as_what_never_was(client, path, key):
    """The same bytes and headers as for a slug that nobody wrote, with a wrong key as with none."""
    page = path.partition("=")[0]
    nothing = client.get(f"{page}=jamais-ecrit")
    for asked in (path, f"{path}&apercu={key}"):
        answer = client.get(asked)
        assert (answer.status_code, answer.content) == (404, nothing.content)
        told = [
            {name: value for name, value in each.headers.items() if name not in ("etag", "x-request-id")}
            for each in (answer, nothing)
        ]
        assert told[0] == told[1]


@pytest.mark.parametrize("key", WRONG)
def test_without_the_key_the_list_is_no_address_of_ours(client, monkeypatch, key):
    """The same whether there are drafts, or no key at all."""
    nowhere = client.get("/nulle-part")
    answers = [client.get(f"/mag?apercu={key}")]
    monkeypatch.setattr(live, "drafts", Drafts())
    answers.append(client.get(f"/mag?apercu={key}"))
    assert [(404, nowhere.content)] * 2 == [(answer.status_code, answer.content) for answer in answers]


def test_an_old_link_to_what_is_now_online_still_leads_there(client):
    """With the key, by its own address; with a key that was changed since, as if it was not given."""
    moved = client.get(f"/mag?article=foire-d-automne&apercu={KEY}")
    assert (moved.status_code, moved.headers["location"], moved.headers["cache-control"]) == (
        303,
        "/mag?article=foire-d-automne",
        "no-store",
    )
    assert client.get("/mag?article=foire-d-automne&apercu=vieille").status_code == 200
    assert client.get(f"/mag?article=jamais-ecrit&apercu={KEY}").headers["location"] == "/mag?article=jamais-ecrit"


def test_a_link_of_the_list_opens_its_draft(client):
    text = client.get(f"/mag?apercu={KEY}").text
    for address in (
        f"/mag?article=secret&amp;apercu={KEY}",
        f"/page?p=projet&amp;apercu={KEY}",
        f"/mag?article=demain&amp;apercu={KEY}",
    ):
        assert f'href="{address}"' in text
        assert client.get(address.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize("path", ["/", "/mag", "/mag.xml", "/sitemap.xml", "/?q=secret", "/api/fiches.json", "/hors-ligne", "/a-propos"])  # fmt: skip
def test_nothing_public_tells_of_a_draft(client, path):
    text = client.get(path).text.lower()
    assert "confidence" not in text
    assert "le secret" not in text
    assert "apercu=" not in text


def test_the_service_worker_keeps_no_draft(client):
    assert '"apercu"' in client.get("/sw.js").text.partition("const PRIVATE")[2].splitlines()[0]
