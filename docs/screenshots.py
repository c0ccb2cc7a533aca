"""`make screenshots`: the pictures of the guides and of the README, taken from the demo as it runs, at one moment that never changes.

Walks as the guides tell: where a step of theirs no longer exists, it stops there and says which.
"""

import contextlib
import io
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from benchmarks import chromium
from schema import RESPONSES
from sheets.demo import modifications, write
from sheets.workbook import Workbook
from tests import clock
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
MOMENT = "2026-11-24T10:20:00+01:00"
"""A Tuesday morning of the demo."""
KEY, MAG_KEY = "demonstration", "brouillons-de-la-demonstration"
WIDE, NARROW = 1280, 390
QUALITY = 72


@contextlib.contextmanager
def demo() -> Iterator[str]:
    """The address of a demo of its own, until left."""
    with tempfile.TemporaryDirectory(prefix="conso-images-") as folder:
        port = free_port()
        workbook = Path(folder) / "feuille.xlsx"
        write(workbook)
        given = {name: value for name, value in os.environ.items() if not name.startswith("CONSO_")} | {
            "CONSO_SPREADSHEET": str(workbook), "CONSO_STORE": f"{folder}/store", "CONSO_FEUILLE_KEY": KEY, "CONSO_MAG_KEY": MAG_KEY, "CONSO_MAP_TILES": "",
            "STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
        }  # fmt: skip
        clock.write(Path(folder, "clock"), MOMENT)
        command = [sys.executable, "-m", "tests.clock", f"{folder}/clock", "run", "app.py"]
        with Path(folder, "log.txt").open("wb") as log:
            site = subprocess.Popen(command, cwd=ROOT, env=given, stdout=log, stderr=log, start_new_session=True)
            try:
                wait(f"http://127.0.0.1:{port}/readyz", site, Path(folder, "log.txt"))
                merchants_change(workbook)
                yield f"http://127.0.0.1:{port}"
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(site.pid, signal.SIGTERM)
                site.wait(timeout=20)


def merchants_change(path: Path) -> None:
    """What some merchants of the demo write once their fiche is online."""
    workbook = Workbook(path, path.parent)
    for match, values in modifications():
        workbook.amend(RESPONSES.name, match, values)
    workbook.flush()
    time.sleep(8)  # the site reads the workbook again within two seconds


def wait(address: str, site: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):
            return
        if site.poll() is not None:
            break
        time.sleep(0.2)
    raise SystemExit(f"the demo did not start:\n{log.read_text(errors='replace')[-2000:]}")


def live(page: Page) -> None:
    """Waits until Streamlit has taken over, and nothing moves any more."""
    page.wait_for_selector("#ssr", state="detached", timeout=90_000)
    page.wait_for_timeout(1500)


@contextlib.contextmanager
def visitor(browser: Browser, width: int, height: int) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce", service_workers="block"
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(60_000)
    yield page
    context.close()


def keep(shown: Page | Locator, name: str, height: int = 0) -> None:
    """The picture as WebP, cut at `height` pixels where it is given. A file that shows the same is left as it is."""
    picture = Image.open(io.BytesIO(shown.screenshot(animations="disabled"))).convert("RGB")
    if height:
        picture = picture.crop((0, 0, picture.width, min(height, picture.height)))
    made = io.BytesIO()
    picture.save(made, "WEBP", quality=QUALITY, method=6)
    path = IMAGES / f"{name}.webp"
    if not path.exists() or path.read_bytes() != made.getvalue():
        path.write_bytes(made.getvalue())
    print(f"{path.relative_to(ROOT)} : {picture.width} × {picture.height}, {len(made.getvalue()) // 1000} ko", flush=True)


def visitors_pages(browser: Browser, site: str) -> None:
    """What anybody sees."""
    for width, height in ((WIDE, 860), (NARROW, 800)):
        with visitor(browser, width, height) as page:
            for name, path in (("annuaire", "/"), ("mag", "/mag"), ("fiche", "/fiche?f=le-fournil-du-merle-bleu")):
                page.goto(site + path)
                live(page)
                keep(page, f"{name}-{width}")


def volunteers_walk(browser: Browser, site: str) -> None:
    """docs/guide-benevole.md: open the sheet, read, put online, see it online."""
    with visitor(browser, WIDE, 1000) as page:
        page.goto(f"{site}/feuille?cle={KEY}")
        live(page)
        keep(page, "feuille-1280")
        page.get_by_role("button", name="Mettre en ligne").first.click()
        page.get_by_text(": en ligne.").wait_for()
        page.wait_for_timeout(1500)
        keep(page, "feuille-en-ligne-1280", 400)
        page.locator("a.voir-en-ligne").first.click()
        page.wait_for_url("**/fiche?f=*")
        page.goto(f"{site}/feuille")
        live(page)
        page.get_by_role("radio", name="modifiée").click()
        page.locator(".change").first.wait_for()
        page.wait_for_timeout(1500)
        keep(page, "feuille-modifiee-1280")


def merchants_walk(browser: Browser, site: str) -> None:
    """docs/guide-commercant.md: fill in, keep the link."""
    with visitor(browser, NARROW, 800) as page:
        page.goto(f"{site}/inscription")
        live(page)
        keep(page, "inscription-390")
    with visitor(browser, WIDE, 900) as page:
        page.goto(f"{site}/inscription")
        live(page)
        page.get_by_label("Nom", exact=True).fill("Le Fournil des Essais")
        page.get_by_label("Catégorie").click()
        page.get_by_role("option", name="Boulangerie").click()
        page.get_by_label("Code postal").fill("49000")
        page.get_by_label("Commune").fill("Angers")
        page.get_by_text("Consentement", exact=True).click()
        page.get_by_role("button", name="Envoyer").first.click()
        page.get_by_text("Merci").first.wait_for()
        page.evaluate("document.querySelector('.lien-prive a').innerText = 'https://conso.example.org/inscription?lien=aBcD…'")
        page.wait_for_timeout(1500)
        keep(page, "merci-1280", 560)


def writers_walk(browser: Browser, site: str) -> None:
    """docs/guide-redaction.md: a draft, before it is published."""
    with visitor(browser, WIDE, 860) as page:
        page.goto(f"{site}/mag?apercu={MAG_KEY}")
        page.get_by_role("link", name="Les coulisses de la carte").click()
        live(page)
        keep(page, "brouillon-1280")


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with demo() as site, sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium.PATH, args=chromium.ARGUMENTS)
        for walk in (visitors_pages, volunteers_walk, merchants_walk, writers_walk):
            walk(browser, site)
        browser.close()


if __name__ == "__main__":
    main()
