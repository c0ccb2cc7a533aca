"""The hostile sheet in a real browser, and garbage on the live site's wire: nothing runs, nobody else is asked, nothing falls."""

import json
import os
import urllib.request
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

import schema
from fields.cell import slugify
from sheets.xlsx import create
from tests.browser.conftest import serving, unfold, visit
from tests.hostile import corpus
from tests.hostile.site import tabs

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.map]
INJECTED = """() => [...document.querySelectorAll("*")].flatMap((each) => [
  ...(/zqx/i.test(each.tagName) ? [each.tagName] : []),
  ...[...each.attributes].filter(({ name, value }) => /zqx/i.test(name) || (/^on/i.test(name) && !each.closest("#root")) || name === "srcdoc"
    || (["id", "class"].includes(name) && /zqx/i.test(value.replaceAll(/st-key-[\\w-]*/g, "")))
    || (["href", "src", "action"].includes(name) && /^[\\s\\0-\\x20]*(javascript|vbscript|data:text)/i.test(value))
  ).map(({ name, value }) => `${each.tagName} ${name}=${value.slice(0, 60)}`),
]).concat([...document.querySelectorAll("img")].filter((each) => !new RegExp(`^(${location.origin}/|data:|blob:)`).test(each.src)).map((each) => each.src))"""
"""What of the hostile texts is an element, an attribute or a picture."""
RENDERED = """() => [...document.querySelectorAll("[data-testid=stMarkdownContainer] :is(img, code, h1, h2, h3, table, ul, ol, blockquote, .katex, a, [role=img], .stMarkdownColoredText, span[style*=color])")]
  .filter((each) => /zqx/i.test(each.textContent) || each.matches("img, [role=img]")).map((each) => each.outerHTML.slice(0, 160))"""
"""What Streamlit made of a text that is no Markdown."""


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile-site")
    workbook = folder / "feuille.xlsx"
    site = {each.metadata["header"]: "" for each in schema.REGLAGES} | {
        "nom du site": corpus.DIRECTIVES["colour"][:80], "texte d'accueil": corpus.MARKUP["script"], "monnaie locale": ":red[zqx] **zqx** :smile:", "territoire": corpus.MARKUP["svg"],
        "crise": corpus.MARKUP["event"], "à propos": "\n\n".join((*corpus.MARKUP.values(), *corpus.MARKDOWN.values())), "licence": corpus.MARKUP["end of a script"],
    }  # fmt: skip
    create(workbook, tabs(site))
    with serving(workbook, folder, CONSO_MAP_TILES="https://plan.example/{z}/{x}/{y}.png") as started:
        yield started


@pytest.fixture
def watched(page, running):
    """A visitor whose every dialog and request is told."""
    page.dialogs, page.asked = [], []
    page.on("dialog", lambda dialog: (page.dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: page.asked.append(request.url))
    return page


def foreign(visitor, url: str) -> list[str]:
    host = urlsplit(url).netloc
    return [
        asked for asked in visitor.asked if urlsplit(asked).scheme not in ("data", "blob") and urlsplit(asked).netloc != host
    ]


def found(visitor, running) -> list[str]:
    return [
        *visitor.dialogs,
        *foreign(visitor, running.url),
        *visitor.evaluate(INJECTED),
        *visitor.evaluate(RENDERED),
        *(said for said in visitor.complaints if "zqx" in said.lower() or "Refused" in said or ("Error" in said and "404" not in said and "410" not in said)),
    ]  # fmt: skip


def slugs(running) -> list[str]:
    told = json.loads(urllib.request.urlopen(f"{running.url}/api/fiches.json", timeout=30).read())["fiches"]
    every = [each["slug"] for each in told if not each["slug"].startswith("zqx-seul")]
    return every[:: max(1, len(every) // 6)]


def articles() -> list[str]:
    return [slugify(corpus.TEXTS[f"markdown: {name}"][:200]) for name in ("html in it", "picture", "link")]


def test_live_pages_show_words(watched, running):
    """Streamlit's own: each is drawn over the hostile sheet by the same browser."""
    addresses = [
        "/",
        f"/?q={quote(corpus.MARKUP['event'])}",
        f"/?categorie={quote(corpus.MARKUP['double quote'])}",
        "/mag",
        "/a-propos",
        "/inscription",
    ]
    addresses += [f"/fiche?f={slug}" for slug in slugs(running)]
    for address in addresses:
        visit(watched, running.url + address)
        assert (address, []) == (address, found(watched, running))
        assert watched.evaluate("document.querySelector('#ssr')") is None, address


def test_server_written_pages_show_words(watched, running):
    slug = slugs(running)[1]
    for address in (
        "/?embed=1",
        f"/?embed=1&f={slug}",
        "/?embed=1&vue=carte",
        "/imprimer",
        f"/affiche?f={slug}",
        f"/signaler?f={slug}",
        f"/integrer?f={slug}",
        "/favoris",
        "/hors-ligne",
        f"/{quote('<img src=x onerror=alert(1)>')}",
        "/mag.xml",
    ):
        watched.goto(running.url + address)
        assert (address, []) == (address, found(watched, running))


def test_the_sheet_shows_words(watched, running):
    visit(watched, running.sheet_url)
    assert [] == found(watched, running)


def test_choices_are_words(watched, running):
    """Labels of choices, of switches and of the browser's tab."""
    visit(watched, running.url)
    assert watched.title() == corpus.DIRECTIVES["colour"][:80]
    unfold(watched, "Catégorie").get_by_role("checkbox").first.wait_for()
    assert [] == found(watched, running)
    assert "Accepte :red[zqx] **zqx** :smile:" in watched.locator(".filtres").inner_text()


def test_a_visit_leaves_no_cookie_and_asks_nobody_else(watched, running):
    """Not even for the map's background, though one is set."""
    for address in ("/", "/mag", "/a-propos", f"/fiche?f={slugs(running)[0]}", "/favoris"):
        visit(watched, running.url + address)
    watched.wait_for_timeout(1500)
    assert [] == foreign(watched, running.url)
    assert {each["name"] for each in watched.context.cookies()} <= {"_streamlit_xsrf"}
    assert [] == [
        key
        for key in watched.evaluate("Object.keys(localStorage)")
        if not key.startswith(("stActiveTheme", "stSidebar", "favoris"))
    ]


def test_garbage_on_the_wire_fells_nothing(running):
    """Frames that are no message of Streamlit's, of every size and kind, on many connections."""
    from websockets.exceptions import ConnectionClosed, InvalidStatus
    from websockets.sync.client import connect

    chance = os.urandom
    frames = [
        b"",
        b"\0",
        chance(1),
        chance(40),
        chance(5000),
        b"\x0a\xff\xff\xff\xff\x0f",
        b"\xff" * 1000,
        b"\x0a" * 20_000,
        "",
        "zqx",
        "{" * 3000,
        "\ud7ff",
        json.dumps({"type": "rerun"}),
        chance(300_000),
    ]
    for _ in range(6):
        for frame in frames:
            try:
                with connect(
                    f"{running.url.replace('http', 'ws')}/_stcore/stream",
                    subprotocols=["streamlit"],
                    origin=running.url,
                    open_timeout=20,
                ) as socket:
                    for _ in range(3):
                        socket.send(frame)
                    socket.recv(timeout=0.05)
            except (ConnectionClosed, InvalidStatus, TimeoutError, OSError):
                pass
    assert urllib.request.urlopen(f"{running.url}/healthz", timeout=20).status == 200
    assert b"zqx" in urllib.request.urlopen(f"{running.url}/", timeout=20).read()


def test_the_log_of_all_this_says_nothing_of_anybody(running):
    """After the trials above: no private cell, no key, no question of a visitor."""
    log = (Path(running.workbook).parent / "log.txt").read_text("utf-8", "replace")
    assert "sync :" in log
    assert corpus.MARK not in "\n".join(line for line in log.lower().splitlines() if "feuille?cle=" not in line)
