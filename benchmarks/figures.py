"""What is measured of one server. Rates are by second of its processor, so that neither the client nor the neighbours count."""

import random
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.server import Server
from benchmarks.visitor import Pages, Visitor

_CATEGORIES = ("Boulangerie", "Fromagerie", "Librairie", "Fleuriste", "Primeur", "Restaurant", "Traiteur", "Mode")


@dataclass(frozen=True)
class Interaction:
    """A visitor changes a filter: what it costs until the page and its map stand again."""

    cpu_ms: float
    kilobytes: float
    median_ms: float
    """As the visitor waits, alone on the server."""

    @property
    def per_second(self) -> float:
        return 1000 / self.cpu_ms


def interaction(server: Server, times: int) -> Interaction:
    with Visitor(server.port) as visitor:
        visitor.run()
        server.rest()
        offered = visitor.offered
        chance = random.Random(1)
        return _timed(server, [lambda: visitor.choose(some(chance, offered))] * times)


def some(chance: random.Random, offered: Sequence[str]) -> list[str]:
    """None to three categories, as in ../shared/PLATFORM.md."""
    return chance.sample(offered, min(len(offered), chance.randint(0, 3)))


def datasette_interaction(server: Server, times: int) -> Interaction:
    """The filtered table, then what its map fetches first: the same rows as JSON, by the thousand."""
    pages = Pages(server.port)
    chance = random.Random(1)

    def change() -> int:
        where = f"categorie={chance.choice(_CATEGORIES)}&_sort={chance.choice(('nom', 'commune', 'slug'))}"
        page = f"/fiches/fiches?{where}&_facet=categorie&_facet=commune"
        return len(pages.get(page)) + len(pages.get(f"/fiches/fiches.json?{where}&_shape=objects&_size=max&_labels=on"))

    try:
        change()
        return _timed(server, [change] * times)
    finally:
        pages.close()


def _timed(server: Server, changes: Sequence[Callable[[], int]]) -> Interaction:
    waits, received = [], []
    before = server.cpu_seconds()
    for change in changes:
        started = time.perf_counter()
        received.append(change())
        waits.append((time.perf_counter() - started) * 1000)
    time.sleep(0.3)  # what a run leaves to do after its last message is its own cost
    cpu_ms = (server.cpu_seconds() - before) * 1000 / len(changes)
    return Interaction(max(cpu_ms, 0.1), statistics.mean(received) / 1000, statistics.median(waits))


def saturated(server: Server, visitors: int, seconds: float) -> tuple[float, float]:
    """Interactions a second with so many visitors who never pause, and the p99 of their waits in milliseconds. The client shares the machine."""
    waits: list[float] = []
    ready = threading.Barrier(visitors, timeout=600)
    begun = [0.0]

    def insist(seed: int) -> None:
        chance = random.Random(seed)
        with Visitor(server.port) as visitor:
            visitor.run()
            if ready.wait() == 0:
                begun[0] = time.perf_counter()
            until = time.perf_counter() + seconds
            while time.perf_counter() < until and visitor.offered:
                started = time.perf_counter()
                visitor.choose(some(chance, visitor.offered))
                waits.append((time.perf_counter() - started) * 1000)

    _together([lambda seed=seed: insist(seed) for seed in range(visitors)])  # type: ignore[misc]
    return len(waits) / (time.perf_counter() - begun[0]), percentile(waits, 0.99)


def pages_a_second(server: Server, paths: Sequence[str], times: int) -> float:
    """Pages by second of the server's processor, over one kept connection, each path once before."""
    pages = Pages(server.port)
    try:
        for path in paths:
            pages.get(path)
        before = server.cpu_seconds()
        for number in range(times):
            pages.get(paths[number % len(paths)])
        return times / max(server.cpu_seconds() - before, 0.01)
    finally:
        pages.close()


def arrivals(server: Server, path: str, visitors: int = 100) -> float:
    """The p99 of a page, in milliseconds, for so many visitors who arrive within one second, each on a connection of its own."""
    waits: list[float] = []
    start = time.perf_counter() + 0.3

    def arrive(place: int) -> None:
        due = start + place / visitors
        time.sleep(max(0.0, due - time.perf_counter()))
        started = time.perf_counter()
        pages = Pages(server.port)
        pages.get(path)
        waits.append((time.perf_counter() - started) * 1000)
        pages.close()

    _together([lambda place=place: arrive(place) for place in range(visitors)])  # type: ignore[misc]
    return percentile(waits, 0.99)


def open_page_mb(server: Server, pages: int = 40) -> float:
    """Resident memory that one more open page takes."""
    first = [Visitor(server.port) for _ in range(5)]
    for visitor in first:
        visitor.run()
    before = server.rss_mb()
    more = [Visitor(server.port) for _ in range(pages)]
    for visitor in more:
        visitor.run()
    grown = server.rss_mb() - before
    for visitor in (*first, *more):
        visitor.__exit__(None, None, None)
    return grown / pages


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def _together(tasks: Sequence[Callable[[], None]]) -> None:
    """All at once, each in a thread. The first error ends the measure."""
    errors: list[Exception] = []

    def guarded(task: Callable[[], None]) -> None:
        try:
            task()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(task,), daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
