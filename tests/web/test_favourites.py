"""`/favoris`: cards for a list that the site never keeps."""

from sheets.snapshot import live
from web import favourites


def test_the_page_holds_no_list(client):
    """Not indexed, without Streamlit, and the same for everybody."""
    answer = client.get("/favoris")
    assert 'name="robots" content="noindex"' in answer.text
    assert "data-sans-streamlit" in answer.text
    assert "carte" not in answer.text.split("<main>")[1].split("</main>")[0]
    assert 304 == client.get("/favoris", headers={"if-none-match": answer.headers["etag"]}).status_code


def test_cards_come_in_the_order_of_the_list(client):
    answer = client.post("/favoris", content="formule\nla-halte\nformule")
    assert (200, "no-store") == (answer.status_code, answer.headers["cache-control"])
    assert answer.text.index('href="/fiche?f=formule"') < answer.text.index('href="/fiche?f=la-halte"')
    assert "<strong>2\xa0fiches</strong>" in answer.text
    assert "plus dans" not in answer.text


def test_what_left_the_directory_is_told_and_may_be_forgotten(client):
    text = client.post("/favoris", content="partie\nla-halte").text
    assert "n&#39;est plus dans" in text or "n'est plus dans" in text
    assert 'data-slugs="partie"' in text
    assert "2\u00a0de vos favoris" in client.post("/favoris", content='partie\n"><script>').text


def test_whatever_is_sent_is_answered(client):
    """Nothing, no text, too much; nothing sent is shown unescaped."""
    assert "Aucun favori" in client.post("/favoris", content="").text
    assert "<script>" not in client.post("/favoris", content='"><script>alert(1)</script>').text
    assert 200 == client.post("/favoris", content=b"\xff\x00\xed\xa0\x80").status_code
    assert 413 == client.post("/favoris", content="a" * (favourites.LONGEST_BODY + 1)).status_code
    assert str(favourites.MOST) in client.post("/favoris", content="\n".join(f"s{number}" for number in range(500))).text


def test_nothing_is_there_before_the_first_snapshot(client, monkeypatch):
    monkeypatch.setattr(live, "snapshot", None)
    assert 503 == client.post("/favoris", content="la-halte").status_code


def test_hearts_wait_for_the_script(client):
    """Hidden on cards and fiches, with their name said; none on a frame's or a volunteer's preview beyond that."""
    for path in ("/", "/fiche?f=la-halte"):
        assert (
            'data-slug="la-halte" aria-label="Garder La Halte en favori" aria-pressed="false" hidden>' in client.get(path).text
        )
    assert '<a class="mes-favoris" href="/favoris" hidden>' in client.get("/").text
