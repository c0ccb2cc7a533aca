"""`make bench`: what one visitor costs here, beside the tutorials' app, an empty Streamlit page and Datasette, in one run.

`--smoke` measures 300 fiches for a minute and checks ratios with wide margins; the whole run writes `results.md` and `results.svg`.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

import schema
from benchmarks import chromium, figures, find, first_paint, passes, peers, results
from benchmarks.figures import Interaction
from benchmarks.results import Limit, Results, Target
from benchmarks.server import Server
from fields.cell import slugify
from settings import ROOT
from sheets.snapshot import Snapshot

SIZES = (300, 10_000, 100_000)
_PASS_ROWS = 10_000
_READABLE, _ANSWERED, _ANSWERED_AGAIN, _ALIVE, _ALIVE_AGAIN, _ALIVE_HERE = (
    f"4G lente, {what}"
    for what in (
        "texte lisible",
        "première visite, un choix fait aussitôt, répondu",
        "visite suivante, un choix fait aussitôt, répondu",
        "première visite, réglages vivants",
        "visite suivante, réglages vivants",
        "encore une, même fenêtre, réglages vivants",
    )
)
TARGETS: list[Target | Limit] = [
    Target(300, "processeur d'une interaction", "naive", 15),
    Target(100_000, "processeur d'une interaction", "naive", 60),
    *(Target(size, "processeur d'une interaction", "empty", 1) for size in SIZES),
    *(Limit(size, "octets d'une interaction", 15) for size in SIZES),
    Target(300, "interactions à saturation", "naive", 25),
    Target(300, "pages HTML, liste", "datasette", 80),
    Target(100_000, "pages HTML, liste", "datasette", 2000),
    *(Limit(size, "page «/» sur le fil", 25) for size in SIZES),
    *(Limit(size, "p99 de «/», 100 visiteurs en une seconde", 300) for size in SIZES),
    Limit(300, _READABLE, 0.8),
    Target(300, _READABLE, "datasette", 1),
    Limit(300, _ALIVE, 7),
    Limit(300, _ALIVE_AGAIN, 2),
    Limit(300, "mémoire au plus haut", 150),
    Limit(100_000, "mémoire au plus haut", 400),
    *(Limit(size, "mémoire d'une page ouverte de plus", 0.15) for size in SIZES),
    *(Limit(rows, "d'une coche à la page", 3) for rows in (300, _PASS_ROWS)),
    Limit(_PASS_ROWS, "la passe elle-même", 2),
    Limit(_PASS_ROWS, "page neuve la plus lente pendant la passe, contre sa médiane", 2),
]
SMOKE = [
    Target(300, "processeur d'une interaction", "naive", 2),
    Target(300, "octets d'une interaction", "naive", 0.8),
    Target(300, "pages HTML, liste", "datasette", 10),
]
"""Margins so wide that a busy machine crosses none."""


def measure(found: Results, size: int, smoke: bool, folder: Path) -> None:
    print(f"{size} fiches : préparation", flush=True)
    snapshot = find.made_of(size)
    with peers.ours(snapshot, folder) as server:
        _ours(found, size, server, snapshot, smoke)
        _paint(found, size, smoke, "ours", server, "/")
    times = 3 if size > 10_000 else 10
    with peers.naive(snapshot, folder) as server:
        _note(found, size, "naive", figures.interaction(server, times))
        _paint(found, size, smoke, "naive", server, "/")
        if not smoke and size <= 10_000:
            rate, p99 = figures.saturated(server, 8, 5)
            _saturation(found, size, "naive", rate, p99)
        found.note(size, "mémoire au plus haut", "Mo", "naive", server.rss_mb(peak=True))
    with peers.empty(folder) as server:
        _note(found, size, "empty", figures.interaction(server, times))
        _paint(found, size, smoke, "empty", server, "/")
        found.note(size, "mémoire au plus haut", "Mo", "empty", server.rss_mb(peak=True))
    if peers.DATASETTE.exists():
        with peers.datasette(snapshot, folder) as server:
            _note(found, size, "datasette", figures.datasette_interaction(server, times))
            lists = [f"/fiches/fiches?categorie={quote(name)}" for name in schema.CATEGORIES[:8]]
            rows = [f"/fiches/fiches/{row}" for row in range(1, 9)]
            found.note(size, "pages HTML, liste", "par s", "datasette", figures.pages_a_second(server, lists, times * 3), False)
            found.note(size, "pages HTML, fiche", "par s", "datasette", figures.pages_a_second(server, rows, times * 3), False)
            _paint(found, size, smoke, "datasette", server, "/fiches/fiches?_facet=categorie")
            found.note(size, "mémoire au plus haut", "Mo", "datasette", server.rss_mb(peak=True))


def _paint(found: Results, size: int, smoke: bool, peer: str, server: Server, path: str) -> None:
    """A phone on a slow line comes, and comes again: in the whole run, at the smallest size, where there is a browser."""
    if smoke or size != SIZES[0] or not chromium.PATH:
        return
    (readable, _), *_ = every = first_paint.visits(server.port, path, peer)
    found.note(size, _READABLE, "s", peer, readable)
    if peer == "ours":
        for name, answered in zip((_ANSWERED, _ANSWERED_AGAIN), first_paint.choices(server.port), strict=True):
            found.note(size, name, "s", peer, answered)
    for name, (_, alive) in zip((_ALIVE, _ALIVE_AGAIN, _ALIVE_HERE), every, strict=True):
        if alive is not None:
            found.note(size, name, "s", peer, alive)


def _note(found: Results, size: int, peer: str, measured: Interaction) -> None:
    found.note(size, "processeur d'une interaction", "ms", peer, measured.cpu_ms)
    found.note(size, "octets d'une interaction", "ko", peer, measured.kilobytes)
    found.note(size, "attente d'une interaction, seul", "ms", peer, measured.median_ms)


def _saturation(found: Results, size: int, peer: str, rate: float, p99: float) -> None:
    found.note(size, "interactions à saturation", "par s", peer, rate, False)
    found.note(size, "p99 à saturation", "ms", peer, p99)


def _ours(found: Results, size: int, server: Server, snapshot: Snapshot, smoke: bool) -> None:
    _note(found, size, "ours", figures.interaction(server, 30))
    lists = ["/", *(f"/?categorie={slugify(name)}" for name in schema.CATEGORIES[:8])]
    fiches = [f"/fiche?f={quote(slug)}" for slug in snapshot.fiches["slug"][:8]]
    found.note(size, "pages HTML, liste", "par s", "ours", figures.pages_a_second(server, lists, 600), False)
    found.note(size, "pages HTML, fiche", "par s", "ours", figures.pages_a_second(server, fiches, 600), False)
    pages = figures.Pages(server.port)
    found.note(size, "page «/» sur le fil", "ko", "ours", len(pages.get("/")) / 1000)
    pages.close()
    found.note(size, "p99 de «/», 100 visiteurs en une seconde", "ms", "ours", figures.arrivals(server, "/"))
    if not smoke:
        _saturation(found, size, "ours", *figures.saturated(server, 32, 5))
        found.note(size, "mémoire d'une page ouverte de plus", "Mo", "ours", figures.open_page_mb(server, 20))
    found.note(size, "mémoire au plus haut", "Mo", "ours", server.rss_mb(peak=True))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="300 fiches, une minute, rien d'écrit")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    chosen = parser.parse_args(arguments)
    found = Results()
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="conso-bench-") as temporary:
        for size in (300,) if chosen.smoke else chosen.sizes:
            folder = Path(temporary) / str(size)
            folder.mkdir()
            measure(found, size, chosen.smoke, folder)
        if not chosen.smoke:
            for rows in (300, _PASS_ROWS):
                folder = Path(temporary) / f"pass-{rows}"
                folder.mkdir()
                passes.measure(found, rows, folder)
    targets = SMOKE if chosen.smoke else TARGETS
    if not chosen.smoke:
        (results.HERE / "results.md").write_text(results.page(found, TARGETS), encoding="utf-8")
        (results.HERE / "results.svg").write_text(results.picture(found), encoding="utf-8")
    for line in found.missed(targets):
        print(f"MANQUÉ : {line}")
    return int(chosen.smoke and bool(found.missed(targets)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
