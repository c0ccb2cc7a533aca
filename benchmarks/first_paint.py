"""What a phone on a slow line sees, and when.

1.6 Mb/s down, 0.75 up, 150 ms of round trip, websocket included (a loopback relay: the browser's own throttle leaves it out), processor ÷ 4.
`make bench` measures this site's first and next visits and its peers' (`visits`), and when a choice made as soon as the page is there is answered (`choices`). `python -m benchmarks.first_paint` prints, for several
pages: first contentful paint, text readable, taken over by Streamlit, cumulative layout shift, and how far the title and the first card moved
at the takeover; a picture every 250 ms under var/first-paint/.
"""

import argparse
import asyncio
import base64
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page, async_playwright

from benchmarks import chromium
from sheets import demo

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "var" / "first-paint"
DOWN, UP = 1.6e6 / 8, 0.75e6 / 8
"""Bytes a second."""
HALF_TRIP = 0.075
SLOWER = 4
EVERY = 0.25
SETTLED = 4.0
"""Seconds that a new window has to itself: it takes a processor 0.4 s, which no phone pays at each visit."""
PHONES = 3
"""From one visit to the next the same page is up to a second sooner or later on two shared cores."""
LONGEST = 40.0
"""Seconds after which a page that nobody took over is given up."""
WATCH = """
window.shift = 0;
new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value; })
  .observe({ type: "layout-shift", buffered: true });
window.seen = {};
const painted = (then) => requestAnimationFrame(() => setTimeout(then));
const when = (name, there) => {
  if (window.seen[name] === undefined && there()) { window.seen[name] = null; painted(() => { window.seen[name] = performance.now(); }); }
};
new MutationObserver(() => {
  when("readable", () => document.querySelector("READABLE"));
  when("answered", () => document.querySelector(".resultats .choix"));
  when("alive", () => document.querySelector("[data-test-script-state=notRunning]") && document.querySelector("READABLE_THEN") && !document.querySelector("#ssr"));
}).observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-test-script-state"] });
"""
CHOOSE = """
document.addEventListener("DOMContentLoaded", () => painted(() => document.querySelector(".raccourcis a").click()));
"""
_WORDS = "[data-testid=stMain] [data-testid=stMarkdown]"
READABLE = {
    "ours": ("#ssr h1", "[data-testid=stMain] .stHtml"),
    "naive": (_WORDS, _WORDS),
    "empty": (_WORDS, _WORDS),
    "datasette": ("table.rows-and-columns td", "table.rows-and-columns td"),
}
"""By site, the first words of its content, and those beside its widgets."""


def watch(peer: str) -> str:
    readable, then = READABLE[peer]
    return WATCH.replace("READABLE_THEN", then).replace("READABLE", readable)


BOXES = """(root) => [`${root} h1`, `${root} :is(.carte, .articles li)`].map((each) => {
  const found = document.querySelector(each); const box = found && found.getBoundingClientRect();
  return box && [box.x, box.y, box.width].map(Math.round); })"""


class Line:
    """One slow line that all connections of a visitor share."""

    def __init__(self, port: int):
        self._port = port
        self._free = {"down": 0.0, "up": 0.0}

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):  # the visitor leaves, and the measure ends
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
            await asyncio.sleep(2 * HALF_TRIP)  # the handshake of TCP
            await asyncio.gather(self._pour(reader, far_writer, "up", UP), self._pour(far_reader, writer, "down", DOWN))

    async def _pour(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: str, rate: float) -> None:
        clock = asyncio.get_running_loop().time
        with contextlib.suppress(OSError):
            while chunk := await reader.read(1460 * 4):
                self._free[way] = max(clock(), self._free[way]) + len(chunk) / rate
                asyncio.get_running_loop().call_at(self._free[way] + HALF_TRIP, self._write, writer, chunk)
                await asyncio.sleep(max(0.0, self._free[way] - clock()))
        asyncio.get_running_loop().call_at(max(clock(), self._free[way]) + HALF_TRIP + 0.05, writer.close)

    @staticmethod
    def _write(writer: asyncio.StreamWriter, chunk: bytes) -> None:
        if not writer.is_closing():
            writer.write(chunk)


@contextlib.asynccontextmanager
async def phone(width: int = 390) -> AsyncIterator[BrowserContext]:
    """A browser that has never been anywhere."""
    async with async_playwright() as running:
        browser = await running.chromium.launch(executable_path=chromium.PATH, args=chromium.ARGUMENTS)
        yield await browser.new_context(
            viewport={"width": width, "height": 844},
            locale="fr-FR",
            service_workers="block",
            is_mobile=width < 600,
            has_touch=width < 600,
        )
        await browser.close()


async def slow_page(context: BrowserContext) -> tuple[Page, Any]:
    page = await context.new_page()
    await asyncio.sleep(SETTLED)
    devtools = await context.new_cdp_session(page)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page, devtools


@contextlib.asynccontextmanager
async def slow_line(port: int) -> AsyncIterator[str]:
    """The address of a site of this machine at the other end of a slow line."""
    relay = await asyncio.start_server(Line(port).carry, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{relay.sockets[0].getsockname()[1]}"
    relay.close()


def visits(port: int, path: str, peer: str) -> list[tuple[float, float | None]]:
    """Seconds until the text is readable and until widgets answer (None where there are none), of a first visit, of the next in another window, and of
    one more in the same: the medians of some phones."""
    every = [asyncio.run(_visits(port, path, peer)) for _ in range(PHONES)]
    return [
        (statistics.median(readable for readable, _ in each), _median([alive for _, alive in each]))
        for each in zip(*every, strict=True)
    ]


def choices(port: int) -> list[float]:
    """Seconds until a choice is answered that is made as soon as the page is on the screen, at a first visit and at the next: the medians of some phones."""
    every = [asyncio.run(_choices(port)) for _ in range(PHONES)]
    return [statistics.median(each) for each in zip(*every, strict=True)]


def _median(found: list[float | None]) -> float | None:
    known = [one for one in found if one is not None]
    return statistics.median(known) if known else None


async def _visits(port: int, path: str, peer: str) -> list[tuple[float, float | None]]:
    found: list[tuple[float, float | None]] = []
    last = "readable" if peer == "datasette" else "alive"
    async with phone() as context, slow_line(port) as address:
        for window_is_new in (True, True, False):
            if window_is_new:
                page = await _window(context, watch(peer))
            seen = await _seen(page, address + path, last)
            found.append((seen["readable"] / 1000, seen["alive"] / 1000 if "alive" in seen else None))
    return found


async def _choices(port: int) -> list[float]:
    found = []
    async with phone() as context, slow_line(port) as address:
        for _ in range(2):
            page = await _window(context, watch("ours") + CHOOSE)
            seen = await _seen(page, f"{address}/", "alive")
            found.append(seen["answered"] / 1000)
    return found


async def _window(context: BrowserContext, script: str) -> Page:
    """A new one in place of those there were."""
    for left in context.pages:
        await left.close()
    page, _ = await slow_page(context)
    await page.add_init_script(script)
    return page


async def _seen(page: Page, url: str, last: str) -> dict[str, float]:
    """What `WATCH` noted of a visit until `last`, in milliseconds."""
    await page.goto(url, wait_until="commit")
    seen: dict[str, float] = {}
    while not seen.get(last):  # the policy lets no string be run, which is how playwright waits for one
        await asyncio.sleep(0.5)
        seen = await page.evaluate("window.seen")
    return seen


async def visit(context: BrowserContext, url: str, folder: Path) -> str:
    """One first visit, without any cache; the figures as one line."""
    page, devtools = await slow_page(context)
    await page.add_init_script(watch("ours"))
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    clock = asyncio.get_running_loop().time
    started = clock()
    await page.goto(url, wait_until="commit")
    await page.wait_for_selector("#ssr h1")
    before, taken = [None, None], None
    number = after = 0
    while clock() - started < LONGEST and after < 12:
        shot = await devtools.send("Page.captureScreenshot", {"format": "png"})
        (folder / f"{number:03d}-{round((clock() - started) * 1000):05d}.png").write_bytes(base64.b64decode(shot["data"]))
        number += 1
        if taken is None:
            now = await page.evaluate(f"() => document.querySelector('#ssr') ? ({BOXES})('#ssr') : null")
            before, taken = (now, None) if now else (before, clock() - started)
        else:
            after += 1
        await asyncio.sleep(max(0.0, started + number * EVERY - clock()))
    boxes = await page.evaluate(f"() => ({BOXES})('[data-testid=stMain]')")
    paint = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN")
    readable, shift = await page.evaluate("[window.seen.readable, window.shift]")
    moved = " ".join(
        f"{name} {one} → {two}" for name, one, two in zip(("titre", "carte"), before, boxes, strict=True) if one or two
    )
    return f"{paint:.0f} | {readable:.0f} | {f'{taken * 1000:.0f}' if taken else 'jamais'} | {shift:.3f} | {moved}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def measured(widths: list[int], paths: list[str], port: int) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2).close()
            break
        except OSError:
            await asyncio.sleep(0.2)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        slug = answer.read().decode().split('href="/fiche?f=')[1].split('"')[0]
    print("page | largeur | premier tracé (ms) | texte lisible (ms) | prise de relais (ms) | CLS | x, y, largeur avant → après")
    for width in widths:
        for path in paths:
            name = f"{path.strip('/') or 'annuaire'}-{width}"
            async with phone(width) as context, slow_line(port) as address:
                told = await visit(context, address + path + (f"?f={slug}" if path == "/fiche" else ""), OUT / name)
            print(f"{path} | {width} | {told}", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--widths", type=int, nargs="+", default=[390])
    options.add_argument("--paths", nargs="+", default=["/", "/fiche", "/mag", "/a-propos"])
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workbook = Path(folder) / "feuille.xlsx"
        demo.write(workbook, rows=300, seed=1, ticked=True)
        port = free_port()
        environ = {**os.environ, "CONSO_SPREADSHEET": str(workbook), "CONSO_STORE": f"{folder}/store", "CONSO_MAP_TILES": "",
                   "STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1"}  # fmt: skip
        site = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py"], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            asyncio.run(measured(chosen.widths, chosen.paths, port))
        finally:
            os.killpg(site.pid, signal.SIGTERM)
            site.wait(timeout=10)


if __name__ == "__main__":
    main()
