"""What one pass costs: the volunteer, who waits for a tick to be online, and the visitors who read meanwhile."""

import multiprocessing
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import quote

import schema
from benchmarks import figures, peers
from benchmarks.results import Results
from fields.cell import slugify
from sheets.package import Package
from sheets.workbook import Workbook


def measure(found: Results, rows: int, folder: Path) -> None:
    """From the volunteer's tick in the workbook to the visitor, and what the pass costs those who read meanwhile."""
    print(f"Une passe sur {rows} lignes", flush=True)
    with peers.with_its_sheet(rows, folder) as (server, path):
        while schema.SUIVI_TAB.name not in Package(path.read_bytes()).sheets:  # the first pass is still at work
            time.sleep(0.5)
        _wait_for_quiet(path)
        ours, theirs = multiprocessing.Pipe()
        volunteer = multiprocessing.get_context("spawn").Process(target=_untick, args=(path, theirs), daemon=True)
        volunteer.start()
        theirs.close()
        slug_gone = f"/fiche?f={quote(slugify(ours.recv()))}"
        waits: list[float] = []
        done = threading.Event()

        def read() -> None:
            pages, number = figures.Pages(server.port), 0
            while not done.is_set():
                number += 1
                started = time.perf_counter()
                pages.get(f"/?q=pain+{number}")
                waits.append((time.perf_counter() - started) * 1000)
                time.sleep(0.01)
            pages.close()

        before, passed = server.cpu_seconds(), server.metric("conso_passes_total")
        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        started = time.perf_counter()
        ours.send("go")
        ours.recv()
        saved, stamp = time.perf_counter() - started, path.stat().st_mtime_ns
        while server.answers(slug_gone) and time.perf_counter() - started < 120:
            time.sleep(0.05)
        seen = time.perf_counter() - started
        # Until «Suivi» says so too.
        while server.metric("conso_passes_total") == passed or path.stat().st_mtime_ns == stamp:
            time.sleep(0.05)
        done.set()
        reader.join()
        found.note(rows, "d'une coche à la page", "s", "ours", seen)
        found.note(rows, "dont l'enregistrement du classeur", "s", "ours", saved)
        found.note(rows, "processeur pendant ce temps, lectures comprises", "s", "ours", server.cpu_seconds() - before)
        found.note(rows, "p99 d'une page neuve pendant la passe", "ms", "ours", figures.percentile(waits, 0.99))
        worst = max(waits) / figures.percentile(waits, 0.5)
        found.note(rows, "page neuve la plus lente pendant la passe, contre sa médiane", "fois", "ours", worst)
        found.note(rows, "la passe elle-même", "s", "ours", server.metric("conso_pass_seconds"))


def _wait_for_quiet(path: Path, seconds: float = 8.0) -> None:
    """Until nothing has been written for so long."""
    while (waited := seconds - (time.time() - path.stat().st_mtime)) > 0:
        time.sleep(min(waited, 1.0) + 0.05)


def _untick(path: Path, asked: Connection) -> None:
    """A volunteer in a process of their own, as an office suite is: says the name of a fiche, and takes its tick away when told."""
    workbook, title = Workbook(path, path.parent / "volunteer"), schema.RESPONSES.name
    values = workbook.values()[title]
    box, email, name = (values[0].index(schema.BY_KEY[key].header) for key in ("approved", "email", "nom"))
    line = next(line for line in values[1:] if line[box] is True)
    asked.send(line[name])
    asked.recv()
    workbook.amend(title, {schema.BY_KEY["email"].header: line[email]}, {schema.BY_KEY["approved"].header: False})
    workbook.flush()
    asked.send("done")
