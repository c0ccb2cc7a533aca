"""Pages as the server writes them."""

import dataclasses
import html
import json
import re
from pathlib import Path

import pytest

import web
from sheets.snapshot import live
from ui import drawn
from web import answers, pages, shell


def blocks_of_json(page: str) -> list[dict]:
    return [json.loads(found) for found in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)]


@pytest.mark.parametrize(
    "path", ["/", "/fiche?f=la-halte", "/mag", "/mag?article=foire-d-automne", "/page?p=crise", "/a-propos", "/inscription"]
)
def test_a_page_is_whole_before_any_script(client, path):
    """French, titled, described, with its content beside Streamlit's root and ahead of its scripts."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert '<html lang="fr">' in answer.text
    assert re.search(r"<title>[^<]+</title>", answer.text)
    assert answer.text.index("<main>") < answer.text.index('<div id="root"')
    assert answer.text.count("<h1>") == 1


def test_no_piece_of_a_page_is_escaped_twice(client):
    """A fiche is put together from pieces remembered and pieces new, its map's place among them."""
    for _ in range(2):
        text = client.get("/fiche?f=la-halte").text
        assert '<p class="place-carte"><a href="https://www.openstreetmap.org/' in text
        assert not re.search(r"&lt;/?(p|section|ul|li|header|footer|nav)\b", text + client.get("/").text)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/fiche?f=nexiste-pas", 404), ("/fiche", 404), ("/mag?article=nexiste-pas", 404), ("/page?p=", 404), ("/nexistepas", 404),
     ("/fiche?f=partie", 410), ("/mag?article=demain", 404), ("/metrics", 404), ("/feuille", 404), ("/_stcore/metrics", 404)],
)  # fmt: skip
def test_an_address_that_leads_nowhere_says_so(client, path, status):
    """404, or 410 for what was withdrawn, with the site around: a menu and a search box."""
    answer = client.get(path)
    assert answer.status_code == status
    if "_stcore" not in path:
        assert 'name="q"' in answer.text
        assert 'class="menu"' in answer.text


@pytest.mark.parametrize(
    ("path", "target"), [("/annuaire?q=pain", "/?q=pain"), ("/mag/", "/mag"), ("/fiche/?f=x", "/fiche?f=x")]
)
def test_old_addresses_lead_to_the_new(client, path, target):
    """301, with the query kept."""
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (301, target)


def test_json_ld_cannot_be_closed_by_a_name(client):
    """Blocks that give the name back letter for letter; the rest of the page is outside any script."""
    page = client.get("/fiche?f=pain-script").text
    linked, _ = blocks_of_json(page)
    assert linked["name"] == "Pain</script><script>alert(1)</script>"
    assert linked["description"] == "<!--<script>"
    assert "<script>alert" not in page
    assert "<!--" not in page.split("<body>")[1]


def test_text_is_escaped_once(client):
    """An ampersand is one entity in HTML, in titles and previews."""
    page = client.get("/fiche?f=decoupe").text
    assert "Découpe &amp; Marqueterie l&#39;Épi &lt;3" in page
    assert not re.search(r"&amp;(amp|lt|#)", page.split("<main>")[1].split("mailto:")[0])
    title = re.search(r'property="og:title" content="([^"]*)"', page)
    assert html.unescape(title[1]) == "Découpe & Marqueterie l'Épi <3"


def test_text_of_merchants_is_no_markup(client):
    """Dollars, colons, stars, tags and images are shown letter for letter."""
    page = client.get("/fiche?f=dollar").text
    assert "Chez $ara :smile:" in page
    assert "**promo** &lt;b&gt;gras&lt;/b&gt;" in page
    assert 'src="https://exemple.example' not in page


def test_an_unchanged_page_costs_nothing(client):
    """Its ETag brings 304."""
    first = client.get("/fiche?f=la-halte")
    again = client.get("/fiche?f=la-halte", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"


@pytest.mark.parametrize("query", ["", "categorie=boulangerie", "q=pain&tri=nom", "q=zqx", "page=2", "pres=angers&rayon=NaN"])
def test_results_alone_are_those_of_the_page(client, query):
    """What web/client/results.js puts in place of the page's own: the same title, form and list, for a third of the bytes."""
    page, alone = client.get(f"/?{query}").text, client.get(f"/resultats?{query}")
    title, results = re.fullmatch(r"(<title>[^<]+</title>)(<form class=\"filtres\".*)", alone.text, re.S).groups()
    assert title in page
    assert f"{results}</main>" in page
    assert alone.headers["x-robots-tag"] == "noindex"
    assert client.get(f"/resultats?{query}", headers={"if-none-match": alone.headers["etag"]}).status_code == 304


def test_the_words_of_streamlit_are_kept_for_good(client):
    """Under an address that changes with them; a page of another release finds nothing there."""
    answer = client.get(shell.french_address())
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert f'"{shell.french_address()}"' in client.get("/").text
    assert client.get("/francais-0123456789ab.js").status_code == 404


def test_every_part_of_the_script_is_in_it():
    parts = (Path(shell.__file__).parent / "client").glob("*.js")
    assert sorted(shell.PARTS) == sorted(part.stem for part in parts)


def test_every_answer_has_a_strict_policy(client):
    """No inline script but ours, nobody frames us but ourselves, except what is made to be embedded."""
    policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe-eval'" not in policy
    assert "frame-ancestors 'self'" in policy
    assert client.get("/nope").headers["x-content-type-options"] == "nosniff"


def test_the_sheet_opens_with_the_key_alone(client):
    """The key is exchanged for a cookie and leaves the address; without it there is nothing there."""
    assert client.get("/feuille?cle=faux").status_code == 404
    opened = client.get("/feuille?cle=la-cle")
    assert (opened.status_code, opened.headers["location"]) == (303, "/feuille")
    assert "HttpOnly" in opened.headers["set-cookie"]
    assert "SameSite=Strict" in opened.headers["set-cookie"]
    assert "la-cle" not in opened.headers["set-cookie"]
    assert client.get("/feuille").status_code == 200


def test_a_strange_host_is_refused(client):
    """Absolute addresses are made of the request's host only where it is one."""
    assert client.get("/", headers={"host": 'x"><script>'}).status_code == 400


@pytest.mark.parametrize(
    "query",
    ["categorie=boulangerie&categorie=fromagerie", "ouvert=2026-13-45", "page=-1", "page=abc", "pres=47.47,-0.54,9&rayon=NaN", "pres=nullepart",
     "tri=__class__", "monnaie=oui&inconnu=1", "q=%00%ED%A0%80", "q=" + "x" * 5000, "page=99999999999999999999", "rayon=1e999", "label=%F0%9F%8D%9E"],
)  # fmt: skip
def test_nothing_in_a_query_can_raise(client, query):
    """Hostile or broken, a query is answered, on every face."""
    for path in ("/", "/api/fiches.json", "/api/fiches.geojson", "/api/fiches.csv", "/tuiles/6/31/22.json"):
        assert client.get(f"{path}?{query}").status_code == 200


def test_a_snapshot_without_a_fiche_leaves_no_page_of_it_in_memory(client, snapshot):
    """What was withdrawn is in no cache."""
    client.get("/fiche?f=la-halte")
    kept = (answers._kept, drawn._kept)
    assert all(kept)
    web.prepare(dataclasses.replace(snapshot, _table=snapshot.fiches.iloc[1:].reset_index(drop=True)))
    assert not any(kept)
    assert not pages._body.cache_info().currsize


def test_cards_are_ready_before_the_first_visitor(snapshot, monkeypatch):
    """The home page and the first page of each category; none of a fiche that left while they were drawn."""
    drawn.forget()
    monkeypatch.setattr(live, "snapshot", None)
    web._draw_ahead(snapshot)
    assert drawn._kept
    monkeypatch.setattr(live, "snapshot", dataclasses.replace(snapshot, _table=snapshot.fiches.iloc[1:].reset_index(drop=True)))
    web._draw_ahead(snapshot)
    assert not drawn._kept


def test_a_page_that_says_the_same_is_packed_once(client, snapshot, monkeypatch):
    """Under a new snapshot it has a new ETag, since others do; the packed bytes are those of before."""
    first = client.get("/fiche?f=la-halte")
    renewed = dataclasses.replace(snapshot, version="neuve", withdrawn=frozenset())
    web.prepare(renewed)
    monkeypatch.setattr(live, "snapshot", renewed)
    monkeypatch.setattr(answers, "pack", lambda body, encoding: pytest.fail("packed again"))
    again = client.get("/fiche?f=la-halte")
    assert again.content == first.content
    assert again.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
def test_a_remembered_page_is_the_same_page(client, encoding):
    """The second answer is the first, letter for letter, in each encoding, under an ETag of its own."""
    answers.forget()
    first, again = (client.get("/", headers={"accept-encoding": encoding}) for _ in range(2))
    assert first.content == again.content
    assert first.headers["etag"] == again.headers["etag"]
    assert first.headers.get("content-encoding", "identity") == encoding


def test_a_large_answer_is_not_kept(client, monkeypatch):
    """Open data of a whole territory is packed each time rather than held in memory."""
    monkeypatch.setattr(answers, "LARGEST_KEPT", 10)
    answers.forget()
    assert client.get("/api/fiches.json").status_code == 200
    assert not answers._kept


def test_the_accessibility_statement_has_what_the_law_asks(client):
    """State, defects, alternatives, date, the team's own address and the way to appeal; every page leads to it by its state."""
    text = html.unescape(client.get("/a-propos").text)
    statement = text.partition('id="accessibilite"')[2].partition("</section>")[0]
    for part in (
        "partiellement conforme",
        "RGAA 4.1",
        "Contenus non accessibles",
        "Établie le",
        "Défenseur des droits",
        "mailto:equipe@exemple.example",
    ):
        assert part in statement
    for path in ("/", "/mag", "/fiche?f=la-halte", "/signaler?f=la-halte", "/nulle-part"):
        assert 'href="/a-propos#accessibilite">Accessibilité : partiellement conforme' in client.get(path).text.replace(
            "\xa0", " "
        )


def test_the_form_that_scripts_draw_is_not_an_empty_page_without_them(client, monkeypatch):
    """Only where it is the site's own: Google's is a link."""
    monkeypatch.setattr(live, "embedded", True)
    ours = client.get("/inscription").text
    assert "Le formulaire arrive" in ours
    assert "a besoin de JavaScript" in ours[ours.index("<noscript>") : ours.index("</noscript>")]
    monkeypatch.setattr(live, "embedded", False)
    pages.forget()
    assert "Le formulaire arrive" not in client.get("/inscription").text
