"""`python -m benchmarks.load --seconds 300`: a busy market day on one process, with everything happening at once.

200 open pages whose visitors filter, 500 HTML pages a second, a changed sheet and a pass each 5 seconds. Waits are counted from the
moment a request was due, not from when a busy client got round to it.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import schema
from benchmarks import figures
from benchmarks.server import Server, running
from benchmarks.visitor import Visitor
from sheets.workbook import Workbook

ROOT = Path(__file__).resolve().parents[1]
PASS_EVERY = 5.0
MEMORY_EVERY = 30.0
CLIENTS = 8
"""Connections that share the HTML."""


@dataclass
class Told:
    """What one kind of client saw: milliseconds of each answer, and what went wrong."""

    waits: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def line(self, name: str) -> str:
        ordered = sorted(self.waits) or [0.0]
        p50, p99 = (ordered[int(len(ordered) * part)] for part in (0.5, 0.99))
        return f"{name}: {len(self.waits)} answers, {len(self.errors)} errors, p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {ordered[-1]:.0f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    for name, default in (("seconds", 300), ("pages", 200), ("rate", 500), ("rows", 300), ("thinking", 10)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        demo = [
            "-m",
            "sheets",
            "demo",
            "--rows",
            str(asked.rows),
            "--seed",
            "1",
            "--ticked",
            "--out",
            str(folder / "feuille.xlsx"),
        ]
        subprocess.run([sys.executable, *demo], cwd=ROOT, check=True)
        environ = {"CONSO_SPREADSHEET": str(folder / "feuille.xlsx"), "CONSO_STORE": str(folder / "store"), "CONSO_METRICS": "1",
                   "CONSO_REFRESH_SECONDS": "1", "CONSO_MAP_TILES": "", "PYTHONPATH": str(ROOT)}  # fmt: skip
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(ROOT / "app.py"),
            "--server.port",
            "{port}",
            "--server.address",
            "127.0.0.1",
        ]
        with running(command, "/readyz", environ, folder / "log.txt") as server:
            _load(server, folder, asked)


def _load(server: Server, folder: Path, asked: argparse.Namespace) -> None:
    """`asked.thinking`: seconds between two changes of one visitor, on average."""
    seconds = asked.seconds
    until = time.monotonic() + seconds
    html, interactions, memory = Told(), Told(), []
    paths = _paths(server.port)
    with multiprocessing.get_context("spawn").Pool(1) as elsewhere:  # so that the two clients do not wait for each other
        answers = elsewhere.apply_async(_html, (server.port, paths, asked.rate, seconds))
        threads = [
            threading.Thread(target=_visit, args=(server.port, number, until, asked.thinking, interactions))
            for number in range(asked.pages)
        ]
        threads.append(threading.Thread(target=_volunteer, args=(folder, until)))
        for thread in threads:
            thread.start()
            time.sleep(0.02)
        while (left := until - time.monotonic()) > 0:
            memory.append(server.rss_mb())
            time.sleep(min(MEMORY_EVERY, left))
        memory.append(server.rss_mb())
        for thread in threads:
            thread.join()
        html = answers.get()
    print(html.line("HTML"))
    print(interactions.line("interactions"))
    every = " ".join(f"{each:.0f}" for each in memory)
    print(f"memory each {MEMORY_EVERY:.0f} s: {every} MB; {server.rss_mb(peak=True):.0f} at most")
    print(
        f"server's processor: {server.cpu_seconds() / seconds:.0%} of one; {server.metric('conso_passes_total'):.0f} passes; load of the machine {os.getloadavg()[0]:.1f}"
    )
    for error in dict.fromkeys(html.errors + interactions.errors):
        print("error:", error)


def _paths(port: int) -> list[str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/fiches.json") as answer:
        slugs = [fiche["slug"] for fiche in json.load(answer)["fiches"]]
    return ["/", "/?categorie=boulangerie", "/?ouvert=1", "/?q=pain", "/mag", *(f"/fiche?f={slug}" for slug in slugs)]


def _html(port: int, paths: Sequence[str], rate: int, seconds: int) -> Told:
    told, began = Told(), time.monotonic()

    def client(number: int) -> None:
        chance, connection = random.Random(number), http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for turn in range(number, rate * seconds, CLIENTS):
            due = began + turn / rate
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                connection.request("GET", chance.choice(paths), headers={"Accept-Encoding": "br"})
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    told.errors.append(f"HTML {answer.status}")
            except (OSError, http.client.HTTPException) as error:
                told.errors.append(f"HTML {type(error).__name__}")
                connection.close()
            told.waits.append((time.monotonic() - due) * 1000)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def _visit(port: int, number: int, until: float, thinking: float, told: Told) -> None:
    chance = random.Random(number)
    try:
        with Visitor(port, f"127.0.0.{2 + number // 50}") as visitor:
            visitor.run()
            while (rest := chance.expovariate(1 / thinking)) < until - time.monotonic():
                time.sleep(rest)
                asked = time.monotonic()
                visitor.choose(figures.some(chance, visitor.offered))
                told.waits.append((time.monotonic() - asked) * 1000)
    except Exception as error:
        told.errors.append(f"page {type(error).__name__}: {error}")


def _volunteer(folder: Path, until: float) -> None:
    """Changes one fiche each time, so that each pass makes a new snapshot and empties what is kept of pages."""
    workbook = Workbook(folder / "feuille.xlsx", folder)
    name = schema.BY_KEY["nom"].header
    head, first, *_ = workbook.values()[schema.RESPONSES.name]
    match, turn = {name: first[list(head).index(name)]}, 0
    while time.monotonic() < until - PASS_EVERY:
        time.sleep(PASS_EVERY)
        turn += 1
        workbook.amend(schema.RESPONSES.name, match, {schema.BY_KEY["description"].header: f"Arrivage numéro {turn}"})
        workbook.flush()


if __name__ == "__main__":
    main()
