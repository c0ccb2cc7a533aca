"""The process that is killed: an embedded site without its pages, whose merchants and volunteers never rest.

Each line of `said.txt` is one thing it is about to do (`submit?`, `tick?`, `untick?`) or has been told is done (`submit!`, `tick!`, `untick!`).
"""

import logging
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import schema
from settings import load
from sheets.counter import Changed, Counter, Entry
from sheets.loop import Loop
from sheets.problems import SheetError
from sheets.snapshot import Live
from sheets.sync import opened

ANSWERS = {
    "categorie": "Bar",
    "adresse": "1 rue Haute",
    "code_postal": "49100",
    "commune": "Angers",
    "email": "halte@exemple.example",
    "consentement": schema.CONSENT,
}


class Worker:
    def __init__(self, folder: Path):
        self._said = os.open(folder / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        sync = opened(load(environ(folder), folder / "no.toml"), Live())
        sync.restore()
        assert sync.workbook is not None
        self.loop = Loop(sync)
        self._counter = Counter(sync, self.loop, sync.workbook)
        self.loop.passes = self._counter.passes
        self._say("ready", sync.live.snapshot.version if sync.live.snapshot else "")

    def work(self, seed: int) -> None:
        """Until killed. `seed` also names its submissions apart from those of the processes before."""
        chance = random.Random(seed)
        number = 0
        while True:
            if number < 4 and chance.random() < 0.5:
                number += 1
                self._submit(f"Maison {seed}-{number}")
            elif entries := self._counter.entries():
                self._tick(chance.choice(entries))
            time.sleep(chance.random() * 0.02)

    def _submit(self, name: str) -> None:
        self._say("submit?", name)
        try:
            self._counter.submit(ANSWERS | {"nom": name}, address=name)
        except SheetError as error:
            self._say("refused", error.kind)
        else:
            self._say("submit!", name)

    def _tick(self, entry: Entry) -> None:
        submission = entry.decision.submission
        name, value = submission.values["nom"], not submission.ticked
        word = "tick" if value else "untick"
        self._say(f"{word}?", name)
        try:
            if self._counter.tick(entry.id, submission.digest, value):
                self._say(f"{word}!", name)
        except (Changed, SheetError):
            pass

    def _say(self, what: str, about: str) -> None:
        os.write(self._said, f"{what}\t{about}\n".encode())  # one call: a kill leaves no half line


def main(folder: Path, seed: int, limit: Callable[[], None] | None = None) -> None:
    """`limit` runs before anything is opened."""
    logging.basicConfig(level=logging.WARNING, filename=folder / "log.txt")
    if limit is not None:
        limit()
    worker = Worker(folder)
    worker.loop.start()
    worker.work(seed)


def environ(folder: Path) -> dict[str, str]:
    return {
        "CONSO_SPREADSHEET": str(folder / "feuille.xlsx"),
        "CONSO_STORE": str(folder / "store"),
        "CONSO_REFRESH_SECONDS": "1",
        "CONSO_GEOCODER_URL": "",
    }
