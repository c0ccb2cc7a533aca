"""`make bench`: what one visitor costs, beside a plain pandas filter on the same rows, in one run.

Each figure is the median of several calls in this process; trust the ratios, not the milliseconds.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import annuaire
import schema
from fields.cell import fold
from settings import load
from sheets import demo, sync
from sheets.snapshot import Live, Snapshot
from ui.document import document

SIZES = (300, 10_000)
CALLS = 30


def median_ms(call: Callable[[int], object]) -> float:
    """Of `CALLS` calls, each with another number, so that no answer is a remembered one."""
    times = []
    for number in range(CALLS):
        started = time.perf_counter()
        call(number)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def snapshot_of(rows: int, folder: Path) -> tuple[Snapshot, float]:
    """A demo sheet of that many ticked rows, and the seconds of its first pass."""
    workbook = folder / f"{rows}.xlsx"
    demo.write(workbook, rows, seed=1, ticked=True)
    live = Live()
    opened = sync.opened(load({"CONSO_SPREADSHEET": str(workbook), "CONSO_STORE": str(folder / str(rows))}), live)
    seconds = opened.once().seconds
    assert live.snapshot is not None
    return live.snapshot, seconds


def plainly(snapshot: Snapshot, number: int) -> object:
    """The tutorial's way: the whole table filtered by pandas at each question."""
    fiches = snapshot.fiches
    chosen = fiches[fiches["categorie"] == schema.CATEGORIES[number % len(schema.CATEGORIES)]]
    return chosen[chosen["produits"].map(fold).str.contains("pain")]


def main() -> None:
    now = datetime.now(UTC)
    print("lignes | première passe (s) | mots (ms) | filtre (ms) | pandas (ms) | rapport | page HTML (ms) | tuile (ms)")
    with tempfile.TemporaryDirectory() as folder:
        for rows in SIZES:
            snapshot, seconds = snapshot_of(rows, Path(folder))
            annuaire.prepare(snapshot)
            slugs = list(annuaire.labels(snapshot)["categorie"])

            def query(number: int, slugs: list[str] = slugs) -> annuaire.Query:
                return annuaire.parse([("categorie", slugs[number % len(slugs)]), ("rayon", str(1 + number)), ("q", "pain")])

            words = median_ms(lambda number, s=snapshot: annuaire.find(s, annuaire.parse([("q", f"pain {number}")]), now))
            filters = median_ms(lambda number, s=snapshot: annuaire.find(s, query(number), now))
            naive = median_ms(lambda number, s=snapshot: plainly(s, number))
            page = median_ms(lambda number, s=snapshot: document(s, "/", query(number).pairs(), "https://exemple.example", now))
            tile = median_ms(lambda number, s=snapshot: annuaire.tile(s, query(number), 9, 255, 178, now))
            print(
                f"{rows} | {seconds:.2f} | {words:.2f} | {filters:.2f} | {naive:.2f} | {naive / filters:.0f} | {page:.2f} | {tile:.2f}"
            )


if __name__ == "__main__":
    main()
