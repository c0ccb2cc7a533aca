"""What a pass adds to the public records from elsewhere than the sheet: asked for once, remembered in the store, never waited for."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from fields import Fault

log = logging.getLogger("conso.enrichment")

Record = Mapping[str, Any]
"""A public record, by the keys of `sheets.snapshot.TABLE`."""

LEARNING_SECONDS = 30.0
"""How long one learning may last; what is left is for the next pass."""


class Enricher(Protocol):
    """One thing that is looked up outside of the sheet. Passes call it one at a time; `learn` runs beside them. Nothing here raises."""

    def apply(self, record: Record) -> Record:
        """The record with what is remembered for it; itself where that is nothing. Asks nobody."""
        ...

    def wanting(self, records: Sequence[Record]) -> Sequence[Record]:
        """Those to ask about now; none while a wait after a failure lasts."""
        ...

    def learn(self, records: Sequence[Record], until: float) -> bool:
        """Asks elsewhere about these, till that `time.monotonic()`. True where something is remembered that was not."""
        ...

    def keep(self, records: Sequence[Record]) -> None:
        """Stores what is remembered for these records, all that are online, and forgets the rest: what is withdrawn leaves no trace."""
        ...

    def faults(self, record: Record) -> Iterable[tuple[str, Fault]]:
        """What a volunteer could mend so that more is found, by column key."""
        ...


class Enrichment:
    """The enrichers of one process, in order, and the thread they learn in."""

    def __init__(self, enrichers: Sequence[Enricher]):
        self._enrichers = enrichers
        self._thread: threading.Thread | None = None

    def apply(self, records: Iterable[Record]) -> list[Record]:
        enriched = list(records)
        for enricher in self._enrichers:
            enriched = list(map(enricher.apply, enriched))
        return enriched

    def keep(self, records: Sequence[Record]) -> None:
        for enricher in self._enrichers:
            enricher.keep(records)

    def faults(self, record: Record) -> list[tuple[str, Fault]]:
        return [fault for enricher in self._enrichers for fault in enricher.faults(record)]

    def start(self, records: Sequence[Record], learnt: Callable[[], None]) -> None:
        """Learns what these records lack, in a thread, unless one is at it. `learnt` is called there, where something was."""
        if self._thread is not None and self._thread.is_alive():
            return
        wanting = [(enricher, lacking) for enricher in self._enrichers if (lacking := enricher.wanting(records))]
        if wanting:
            self._thread = threading.Thread(target=_learn, args=(wanting, learnt), name="conso-learn", daemon=True)
            self._thread.start()

    def wait(self, seconds: float) -> None:
        """Until what is being learnt is learnt and shown."""
        if self._thread is not None:
            self._thread.join(seconds)


def _learn(wanting: Sequence[tuple[Enricher, Sequence[Record]]], learnt: Callable[[], None]) -> None:
    until = time.monotonic() + LEARNING_SECONDS
    try:
        found = [enricher.learn(records, until) for enricher, records in wanting]
        if any(found):
            learnt()
    except Exception:
        log.exception("enrichissement interrompu")
