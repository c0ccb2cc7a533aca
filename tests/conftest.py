"""No test goes further than this machine: names of other sites do not resolve here, whatever the machine's own network. One Chromium for all of them."""

import gc
import re
import socket
import sys
from collections.abc import Generator, Iterator, Mapping, Sequence
from functools import cache

import pytest
from hypothesis import settings

from benchmarks import chromium as browsers
from fields import Cell
from sheets import fetching, heap, xlsx
from tests import tries
from web import shell

PATIENCE_MS = 15_000
"""How long a trial in the browser waits for what it expects: on a machine with much else to do a page takes three times its time."""


def _numbers_alone(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [str(each[4][0]) for each in found]


def _leaves_out_slow(config: pytest.Config) -> bool:
    return "not slow" in config.option.markexpr


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> Generator[None, int, int]:
    """Half as many workers again as there are cores, where trials wait for browsers and sites half of their time."""
    cores = yield
    return cores if _leaves_out_slow(config) else cores + cores // 2


def pytest_configure(config: pytest.Config) -> None:
    """A run that leaves out what is slow draws fewer inputs."""
    tries.few = _leaves_out_slow(config)
    if tries.few:
        settings.register_profile("few", max_examples=10)
        settings.load_profile("few")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A trial in the browser has a second try, and the last lines of the run name whoever took it: a loaded machine can be later than any patience."""
    for each in items:
        if each.get_closest_marker("browser"):
            each.add_marker(pytest.mark.flaky(reruns=1))


def pytest_collection_finish() -> None:
    """The trials stay until the end: no walk in search of garbage goes through them."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _light() -> Iterator[None]:
    """What takes longer than a pass is done once: a workbook of the same headers, a walk through all the memory of the trials."""
    empty, made = xlsx._empty, {}

    def once(tabs: Mapping[str, Sequence[Sequence[Cell]]]) -> bytes:
        key = repr([(title, list(rows[:40])) for title, rows in tabs.items()])
        if key not in made:
            made[key] = empty(tabs)
        return made[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(xlsx, "_empty", once)
        patched.setattr(heap, "WALKED_EVERY", sys.maxsize)
        yield


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "resolve", _numbers_alone)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """Playwright runs once in a process: a second one would find the first one's event loop."""
    playwright = pytest.importorskip("playwright.sync_api")
    if browsers.PATH is None:
        pytest.skip("no Chromium: apt install chromium, or give its path in CONSO_CHROMIUM")
    playwright.expect.set_options(timeout=PATIENCE_MS)
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=browsers.PATH, args=browsers.ARGUMENTS)
        yield browser
        browser.close()


@cache
def _no_map() -> str:
    """In place of Streamlit's map: a script that exports, under each name that it does, what draws nothing."""
    (script,) = (address for address in shell.ASSETS.later if "/DeckGlJsonChart." in address)
    names = re.findall(r"\bas (\w+)", shell.file_of(script).read_text(encoding="utf-8").rpartition("export{")[2])
    return f"const none = Object.assign(() => null, {{ default: () => null }});\nexport {{ {', '.join(f'none as {name}' for name in names)} }};"


def without_map(visitor) -> None:
    """Where the map would be drawn, nothing is: without a graphics card it is a third of what a page costs. Everything else is as it is."""
    visitor.route("**/DeckGlJsonChart.*.js", lambda route: route.fulfill(content_type="text/javascript", body=_no_map()))


@pytest.fixture
def page(chromium, request):
    """A visitor on a phone-wide to desktop-wide screen of their own, who complains of every script error. Draws the map for trials marked `map`."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR", timezone_id="Europe/Paris")
    visitor = context.new_page()
    visitor.complaints = []
    visitor.on("console", lambda said: visitor.complaints.append(said.text) if said.type == "error" else None)
    visitor.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    if not request.node.get_closest_marker("map"):
        without_map(visitor)
    yield visitor
    visitor.unroute_all(behavior="ignoreErrors")  # a request under way would fail the next trial
    context.close()
