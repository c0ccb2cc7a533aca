"""Whatever is asked, by whatever means: no 500, an answer within a wide bound, nothing kept of it."""

import gc
import random
import re
import resource
import time
from pathlib import Path
from urllib.parse import quote

import httpx2 as httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

import annuaire
from sheets.snapshot import build, live, slug_digest
from tests.hostile import corpus, reading, site
from tests.web.conftest import ARTICLES, FICHES, NOW
from web import answers, elsewhere, pages

SECONDS = 5.0
"""Within which anything is answered, on a machine that does other things."""
PATHS = ("/", "/fiche", "/mag", "/page", "/a-propos", "/inscription", "/imprimer", "/affiche", "/integrer", "/signaler", "/favoris", "/resultats", "/fiche.vcf", "/qr.svg", "/oembed",
         "/api/fiches.json", "/api/fiches.csv", "/api/fiches.geojson", "/fiches.xml", "/mag.xml", "/tuiles/9/255/178.json", "/manifest.webmanifest", "/dessins/bar.svg",
         "/photos/0123456789abcdef0123-1200x800.webp", "/icone-192.png", "/carte/style.json", "/feuille", "/annuaire", "/healthz", "/readyz")  # fmt: skip
NAMES = (
    *(asked.name for asked in annuaire.PARAMETERS),
    "f",
    "article",
    "p",
    "rubrique",
    "embed",
    "vue",
    "hauteur",
    "url",
    "format",
    "maxwidth",
    "sep",
    "lien",
    "cle",
    "merci",
    "plan",
)
HOSTILE = st.sampled_from([text.encode("utf-8", "replace").decode() for text in corpus.TEXTS.values()])
ODD = st.one_of(
    HOSTILE,
    st.text(max_size=60),
    st.sampled_from(
        [
            "1",
            "-1",
            "9" * 400,
            "1e999",
            "nan",
            "inf",
            "0x10",
            "1_0",
            "٣",
            "²",
            "2026-02-30T25:61",
            "47,-0",
            "91,181",
            "nan,nan",
            "a,b,c",
            ",",
            "%00",
            "la-halte",
        ]
    ),
)
RAW = st.binary(max_size=80).map(lambda raw: "".join(f"%{byte:02x}" for byte in raw))
VALUES = st.one_of(
    ODD.map(quote), RAW, st.text("&=;%+?#[]{}<>\"'\\/ abc", max_size=40).map(lambda text: quote(text, safe="&=;%+?"))
)
QUERIES = st.lists(st.tuples(st.one_of(st.sampled_from(NAMES), ODD.map(quote)), VALUES), max_size=5).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
HEADERS = ("host", "accept", "accept-encoding", "accept-language", "if-none-match", "range", "cookie", "save-data", "ect", "x-request-id", "x-forwarded-for", "x-forwarded-proto",
           "origin", "referer", "sec-fetch-site", "content-type", "content-length", "transfer-encoding", "user-agent", "connection", "upgrade", "expect")  # fmt: skip
fuzz = trying(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
deep = trying(fuzz, max_examples=1500)


@pytest.fixture
def visitor(tmp_path, monkeypatch):
    monkeypatch.setattr(live, "snapshot", build(FICHES, articles=ARTICLES, withdrawn=[slug_digest("partie")], now=NOW))
    return site.client(tmp_path)


def answered(visitor, method: str, address: str, **more) -> httpx.Response | None:
    """The answer, once it is held to be one; None for an address that no client can send."""
    began = time.perf_counter()
    try:
        answer = visitor.request(method, address, **more)
    except (httpx.InvalidURL, httpx.LocalProtocolError, UnicodeEncodeError):
        return None
    assert answer.status_code < 500 or answer.status_code in (501, 503), (method, address, answer.status_code)
    assert answer.status_code != 503 or address.startswith("/signaler"), address
    assert time.perf_counter() - began < SECONDS, address
    for value in answer.headers.values():
        assert not re.search(r"[\r\n\0]", value)
    return answer


def ask(visitor, path, query):
    answer = answered(visitor, "GET", f"{path}?{query}")
    if answer is not None and answer.headers.get("content-type", "").startswith("text/html"):
        assert [] == [said for said in _shallow(answer.text) if said]


def _shallow(page: str) -> list[str]:
    """What a text could have become, without reading the whole page as a tree."""
    for ours in reading._OURS:
        page = page.replace(ours, "")
    page = re.sub(r'="[^"]*"', '=""', page)
    return re.findall(r"<(?:script|img|iframe|svg|style|base|form)\b[^>]*\b(?:zqx|on\w+=)[^>]*>", page, re.I)


def test_queries(visitor):
    @fuzz
    @given(st.sampled_from(PATHS), QUERIES)
    def trial(path, query):
        ask(visitor, path, query)

    trial()


SEGMENTS = st.one_of(
    ODD.map(lambda text: quote(text, safe="/:@%")),
    RAW,
    st.sampled_from(
        [
            "..",
            "%2e%2e",
            "%2f",
            "//",
            "\\",
            "~",
            "static",
            "_stcore",
            "stream",
            "media",
            "9",
            "1" * 300,
            "photos",
            "tuiles",
            "dessins",
            "api",
        ]
    ),
)


def test_paths(visitor):
    """Also those that walk out of a folder: no file of the machine is ever an answer."""

    @fuzz
    @given(
        st.lists(SEGMENTS, max_size=6).map("/".join),
        st.sampled_from(["/", "/static/", "/photos/", "/tuiles/", "/dessins/", "/media/", "/_stcore/"]),
    )
    def trial(rest, root):
        answer = answered(visitor, "GET", root + rest)
        assert answer is None or b"root:" not in answer.content

    trial()
    for walk in (
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e/%2e%2e/app.py",
        "....//app.py",
        "..\\..\\app.py",
        "%00/app.py",
        "//etc/passwd",
        "js/../../../../app.py",
    ):
        for root in ("/", "/static/", "/photos/", "/media/"):
            answer = answered(visitor, "GET", root + walk)
            assert answer is None or (b"root:" not in answer.content and b"import streamlit" not in answer.content)


def test_headers(visitor):
    token = st.one_of(st.binary(max_size=60).map(lambda raw: raw.translate(None, b"\r\n\0")), HOSTILE.map(lambda text: text.encode("utf-8").translate(None, b"\r\n\0")[:2000]),
                      st.sampled_from([b"*", b"gzip;q=zqx", b"W/\"a\", \"b\"", b"bytes=0-,-1,9-1", b"a=b; a; =; feuille=\"", b"br;q=0,identity;q=0", b"conso.example, a.example", b"-1", b"chunked"]))  # fmt: skip

    @fuzz
    @given(
        st.sampled_from(PATHS),
        st.dictionaries(
            st.sampled_from([name for name in HEADERS if name not in ("content-length", "transfer-encoding")]),
            token,
            max_size=5,
        ),
    )
    def trial(path, headers):
        answered(visitor, "GET", path, headers=headers)

    trial()


def test_forms(visitor):
    """`/signaler` and `/favoris` are what a stranger may send something to."""
    bodies = st.one_of(
        st.binary(max_size=300),
        QUERIES.map(str.encode),
        st.sampled_from([b"&" * 500, b"=" * 500, b"quoi=autre&texte=" + b"a" * 90_000, b"%", b"\xff\xfe", b"\0" * 99]),
    )
    kinds = st.sampled_from(
        [
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=zqx",
            "multipart/form-data",
            "application/json",
            "text/plain",
            "",
            "a" * 300,
        ]
    )

    @fuzz
    @given(
        st.sampled_from(
            ["/signaler?f=la-halte", "/signaler?f=partie", "/favoris", "/", "/feuille", "/api/fiches.json", "/healthz"]
        ),
        st.sampled_from(["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]),
        bodies,
        kinds,
    )
    def trial(address, method, body, kind):
        answered(visitor, method, address, content=body, headers={"content-type": kind})

    trial()


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS)
def test_queries_deeply(visitor, path):
    @trying(deep, max_examples=100)
    @given(QUERIES)
    def trial(query):
        ask(visitor, path, query)

    trial()


def _memory_after(visitor, number: int, begin: int = 0) -> int:
    """Bytes of this process once so many different questions are answered."""
    chance = random.Random(7)
    for each in range(begin, begin + number):
        path = chance.choice(PATHS[:9])
        visitor.get(f"{path}?q=essai{each}&categorie=bar{each}&f=fiche-{each}&url=http://conso.example/?q={each}")
    pages.forget()
    answers.forget()
    elsewhere.forget()
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc here")
def test_strange_questions_do_not_stay_in_memory(visitor):
    """Pages kept on purpose aside, a question leaves nothing once the process is warm; a page of 60 kB for each would show."""
    warm, number = 1500, 500
    before = _memory_after(visitor, warm)
    assert _memory_after(visitor, number, warm) - before < number * 10_000


def test_caches_have_an_end():
    """A question of each visitor would else stay for ever."""
    from ui import blocks, colours, linked, magazine, markdown

    for module in (annuaire, blocks, colours, linked, magazine, markdown, answers, elsewhere, pages):
        for name, kept in vars(module).items():
            if hasattr(kept, "cache_parameters"):
                assert kept.cache_parameters()["maxsize"] is not None, name
