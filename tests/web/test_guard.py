"""What each answer lets a browser do, whatever the address."""

import base64
import hashlib
import re

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

import settings as settings_
from web.door import Door
from web.guard import Guard

LIVE = ("/", "/fiche?f=la-halte", "/mag", "/a-propos", "/inscription")
WRITTEN = ("/?embed=1", "/imprimer", "/affiche?f=la-halte", "/integrer", "/signaler?f=la-halte", "/signaler?f=rien", "/hors-ligne",
           "/fiche?f=rien", "/fiche?f=partie", "/nulle-part", "/feuille", "/favoris", "/affiche?f=partie", "/fiche.vcf?f=rien")  # fmt: skip
BARE = (
    "/api/fiches.json",
    "/mag.xml",
    "/qr.svg",
    "/readyz",
    "/robots.txt",
    "/carte/style.json",
    "/fiche/_stcore/health",
)


def policy(client: TestClient, path: str) -> dict[str, list[str]]:
    """The directives of the answer's policy."""
    said = client.get(path).headers["content-security-policy"]
    return {words[0]: words[1:] for words in (directive.split() for directive in said.split(";"))}


@pytest.mark.parametrize("path", WRITTEN)
def test_a_page_of_the_server_alone_runs_and_dresses_in_nothing_foreign(client, path):
    """No script but ours, by its hash, on the page of favourites; each style sheet by its hash, and nothing else inline."""
    said = policy(client, path)
    text = client.get(path).text
    for directive in ("script-src", "style-src", "default-src"):
        assert not {"'unsafe-inline'", "'unsafe-eval'", "'wasm-unsafe-eval'", "'self'", "*"} & set(said.get(directive, ()))
    scripts = re.findall(r"<script>(.*?)</script>", text, re.S)
    assert [_hash(script) for script in scripts] == said.get("script-src", [])
    assert bool(scripts) == (path == "/favoris")
    assert [_hash(style) for style in re.findall(r"<style[^>]*>(.*?)</style>", text, re.S)] == said["style-src"]
    assert said["default-src"] == ["'none'"]


@pytest.mark.parametrize("path", LIVE)
def test_a_page_of_streamlit_has_no_inline_script_but_ours(client, path):
    said = policy(client, path)
    assert "'unsafe-eval'" not in said["script-src"]
    assert "'unsafe-inline'" not in said["script-src"]
    (script,) = re.findall(r"<script>(.*?)</script>", client.get(path).text, re.S)
    assert _hash(script) in said["script-src"]
    assert said["frame-src"] == (["https://docs.google.com"] if path == "/inscription" else ["'none'"])


@pytest.mark.parametrize("path", BARE)
def test_what_is_no_page_may_do_nothing(client, path):
    said = policy(client, path)
    assert said["default-src"] == said["form-action"] == said["base-uri"] == ["'none'"]


@pytest.mark.parametrize("path", [*LIVE, *WRITTEN, *BARE])
def test_every_answer_says_what_browsers_may_guess_tell_and_ask(client, path):
    """Nothing is sniffed, no address of a page leaves the site, only the position may be asked for; no promise of https without it."""
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] in ("strict-origin-when-cross-origin", "no-referrer")
    allowed = dict(each.split("=") for each in headers["permissions-policy"].split(", "))
    assert {name: who for name, who in allowed.items() if who != "()"} == {"geolocation": "(self)"}
    assert {"camera", "microphone", "payment", "usb"} < allowed.keys()
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "strict-transport-security" not in headers
    assert "'self'" in policy(client, path)["frame-ancestors"]


def test_behind_tls_browsers_are_told_to_come_back_so_and_cookies_stay_there(client, settings):
    """The key's cookie and whatever cookie Streamlit sets."""
    client.base_url = "https://conso.example"
    assert client.get("/").headers["strict-transport-security"] == "max-age=31536000"
    assert client.get("/feuille?cle=la-cle").headers["set-cookie"].endswith("Path=/; HttpOnly; SameSite=Strict; Secure")

    def theirs(request):
        return PlainTextResponse("", headers={"set-cookie": "_streamlit_xsrf=2|a; Path=/; SameSite=Lax"})

    routes = [Route("/a", theirs)]
    guarded = Guard(Starlette(routes=routes), settings, Door("k", exists=False), routes)
    for scheme, flags in (("https", "; Secure"), ("http", "")):
        answer = TestClient(guarded, base_url=f"{scheme}://conso.example").get("/a")
        assert answer.headers["set-cookie"] == f"_streamlit_xsrf=2|a; Path=/; SameSite=Lax{flags}"


@pytest.mark.parametrize(("proxy", "believed"), [("127.0.0.1", True), ("203.0.113.9", False), ("::ffff:127.0.0.1", False)])
def test_only_a_proxy_that_is_named_is_believed(client, proxy, believed):
    """What uvicorn does with FORWARDED_ALLOW_IPS, of which ours depends: nobody else writes their own address or says https."""
    seen = ProxyHeadersMiddleware(client.app, trusted_hosts="127.0.0.1")
    headers = {"x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.4"}
    answer = TestClient(seen, base_url="http://conso.example", client=(proxy, 1), headers=headers).get("/robots.txt")
    assert ("strict-transport-security" in answer.headers) == believed


def test_the_sheet_of_a_site_without_one_has_no_door(snapshot, settings):
    """With Google, no key opens anything."""
    closed = Door("la-cle", exists=False)
    assert not closed.fits("la-cle")
    assert not closed.admits(closed._cookie)
    assert not closed.fits("")


def test_figures_and_sheet_are_closed_unless_a_setting_or_a_key_opens_them(client, tmp_path):
    assert [client.get(path).status_code for path in ("/metrics", "/feuille", "/_stcore/metrics", "/_stcore/feuille")] == [
        404
    ] * 4
    assert not settings_.load({}, tmp_path / "none.toml").metrics


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
