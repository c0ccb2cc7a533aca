"""A running site on a workbook of its own, and a real Chromium to visit it."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Route

import schema
from sheets import demo
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
KEY = "cle-des-essais"


@dataclass(frozen=True)
class Site:
    url: str
    workbook: Path

    @property
    def sheet_url(self) -> str:
        """Where a volunteer enters."""
        return f"{self.url}/feuille?cle={KEY}"


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path | None = None) -> None:
    for _ in range(150):
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        if process.poll() is not None:
            break
        time.sleep(0.2)
    pytest.fail(f"the site did not start: status {process.poll()}\n{log.read_text(errors='replace')[-2000:] if log else ''}")


@contextmanager
def serving(workbook: Path, folder: Path, launcher: Sequence[str] = ("streamlit",), **environ: str) -> Iterator[Site]:
    """The whole site over this workbook, on a port of its own, until left. `launcher`: the module that starts it, and its own arguments."""
    port = free_port()
    given = {**os.environ, "CONSO_SPREADSHEET": str(workbook), "CONSO_STORE": str(folder / "store"), "CONSO_FEUILLE_KEY": KEY, "CONSO_MAP_TILES": "",
             "STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1", **environ}  # fmt: skip
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *launcher, "run", "app.py"],
            cwd=ROOT,
            env=given,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            wait_until_ready(f"http://127.0.0.1:{port}", process, folder / "log.txt")
            yield Site(f"http://127.0.0.1:{port}", workbook)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=10)


def untick_one(workbook: Path, category: str = "") -> str:
    """The name of a fiche that was online, of that category where one is said."""
    book = openpyxl.load_workbook(workbook)
    sheet = book[schema.RESPONSES.name]
    headers = [cell.value for cell in sheet[1]]
    box, kind, name = (headers.index(header) for header in ("approved", "Catégorie", "Nom"))
    line = next(line for line in sheet.iter_rows(min_row=2) if line[box].value is True and category in str(line[kind].value))
    line[box].value = False
    saved = workbook.with_suffix(".new.xlsx")
    book.save(saved)
    os.replace(saved, workbook)
    return str(line[name].value)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    workbook = folder / "feuille.xlsx"
    demo.write(workbook, rows=60, seed=3, ticked=True)
    with serving(workbook, folder) as running:
        yield running


STREAMLIT = "**/static/js/index.*.js"
"""Its first script."""


def hold_streamlit(visitor) -> Callable[[], None]:
    """From now on its first scripts do not come, until what is returned is called."""
    held: list[Route] = []
    holds = True

    def hold(route: Route) -> None:
        if holds:
            held.append(route)
        else:
            route.continue_()

    def release() -> None:
        nonlocal holds
        holds = False
        for route in held:
            route.continue_()

    visitor.route(STREAMLIT, hold)
    return release


def without_streamlit(visitor) -> None:
    """From now on pages stay as the server wrote them, with our own script alone."""
    visitor.route(STREAMLIT, lambda route: route.abort())


def visit_face(visitor, url: str, face: str) -> None:
    """`server`: the page as the server wrote it; `live`: once Streamlit has taken over."""
    if face == "server":
        without_streamlit(visitor)
    visitor.goto(url)
    if face == "live":
        live(visitor)


def live(visitor) -> None:
    """Waits until Streamlit has taken over from the server-written page."""
    visitor.wait_for_selector("#ssr", state="detached", timeout=30_000)


PAGES = ("/", "/?q=zzzzqq", "/mag", "/mag?article=cent-fiches-merci", "/a-propos", "/inscription", "/fiche?f=cycles-du-bac")
"""One of each page that Streamlit takes over, on the demo of `site`."""
PLAIN = ("/signaler?f=cycles-du-bac", "/integrer", "/imprimer", "/affiche?f=cycles-du-bac", "/?embed=1", "/hors-ligne", "/fiche?f=rien", "/nulle-part")  # fmt: skip
"""One of each page that the server alone writes."""


def visit(visitor, url: str) -> None:
    """Opens a page and waits until it is all there, whichever kind it is."""
    visitor.goto(url)
    if visitor.locator("#root").count():
        live(visitor)
        visitor.wait_for_timeout(800)  # what comes after the first drawing: icons, the map


def unfold(visitor, facet: str):
    """The choices of this name under «Plus de choix», unfolded."""
    if not visitor.locator(".filtres details").evaluate("details => details.open"):
        visitor.get_by_text("Plus de choix").click()
    return visitor.get_by_role("group", name=facet)


def choice(visitor, facet: str, name: str):
    """One of them, whatever its count."""
    return unfold(visitor, facet).get_by_role("checkbox", name=re.compile(rf"^{re.escape(name)}(\s|$)"))
