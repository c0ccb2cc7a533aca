"""The map of 300 and of 100,000 fiches in a real browser on a processor four times slower, in one run: how long it is busy at a stretch, what it receives.

`python -m benchmarks.map_points [rows…]`. A phone's screen; the map is dragged across the territory, then zoomed from all of it down to one street and back.
Without a graphics card the browser draws by processor: what counts is that the larger map keeps it no busier than the smaller.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import chromium, peers
from benchmarks.find import made_of

SIZES = (300, 100_000)
CPU_SLOWED = 4
MOST = 1.5
"""Times the longest task of the first size."""
CANVAS = "[data-testid=stDeckGlJsonChart] canvas"
LONG_TASKS = """window.tasks = [];
new PerformanceObserver((list) => list.getEntries().forEach((each) => window.tasks.push(each.duration))).observe({entryTypes: ["longtask"]});"""
Gesture = tuple[str, list[float], list[int]]
"""Its name, the main thread's tasks of more than 50 ms, the bytes of each tile as they travelled."""


def main(sizes: tuple[int, ...]) -> int:
    """1 where the last size keeps the browser longer at a stretch than `MOST` times the first."""
    from playwright.sync_api import sync_playwright

    os.environ["CONSO_MAP_TILES"] = ""  # the points alone: a background is another server's time
    print("fiches | geste | tâches longues | la plus longue (ms) | en tout (ms) | tuiles | reçu (ko) | la plus lourde (ko)")
    longest = []
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium.PATH, args=chromium.ARGUMENTS)
        for size in sizes:
            gestures = _measured_at(browser, size)
            for name, tasks, sent in gestures:
                figures = (size, name, len(tasks), f"{max(tasks, default=0):.0f}", f"{sum(tasks):.0f}")
                weights = (len(sent), f"{sum(sent) / 1000:.1f}", f"{max(sent, default=0) / 1000:.1f}")
                print(*figures, *weights, sep=" | ", flush=True)
            longest.append(max(max(tasks, default=0) for name, tasks, _ in gestures if name != "ouvrir"))
        browser.close()
    ratio = longest[-1] / max(longest[0], 50)
    print(f"la plus longue, de {sizes[0]} à {sizes[-1]} fiches : × {ratio:.2f} (visée : < {MOST})")
    return int(ratio > MOST)


def _measured_at(browser: Any, size: int) -> list[Gesture]:
    with tempfile.TemporaryDirectory() as name, peers.ours(made_of(size), Path(name)) as server:
        return _measured(browser, f"http://127.0.0.1:{server.port}/")


def _measured(browser: Any, url: str) -> list[Gesture]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="fr-FR", service_workers="block")
    page = context.new_page()
    page.add_init_script(LONG_TASKS)
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWED})
    tiles: dict[str, int] = {}
    devtools.on(
        "Network.responseReceived",
        lambda event: tiles.setdefault(event["requestId"], 0) if "/tuiles/" in event["response"]["url"] else None,
    )
    devtools.on(
        "Network.loadingFinished",
        lambda event: tiles.update({event["requestId"]: event["encodedDataLength"]}) if event["requestId"] in tiles else None,
    )
    found: list[Gesture] = []

    def note(name: str) -> None:
        page.wait_for_timeout(2500)
        found.append((name, page.evaluate("window.tasks.splice(0)"), list(tiles.values())))
        tiles.clear()

    page.goto(url)
    page.wait_for_selector("#ssr", state="detached", timeout=120_000)
    page.wait_for_selector(CANVAS, timeout=120_000)
    page.locator(CANVAS).first.scroll_into_view_if_needed()
    note("ouvrir")
    box = page.locator(CANVAS).first.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for across, down in ((120, 90), (-240, 0), (120, -180)):
        page.mouse.move(*middle)
        page.mouse.down()
        page.mouse.move(middle[0] + across, middle[1] + down, steps=20)
        page.mouse.up()
    note("déplacer")
    page.mouse.move(*middle)
    for _ in range(8):
        page.mouse.wheel(0, -300)
        page.wait_for_timeout(250)
    note("approcher")
    for _ in range(12):
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(250)
    note("reculer")
    context.close()
    return found


if __name__ == "__main__":
    sys.exit(main(tuple(map(int, sys.argv[1:])) or SIZES))
