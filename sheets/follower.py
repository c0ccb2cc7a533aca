"""A process that reads no sheet: it shows what another one stores."""

import logging
import threading
from datetime import UTC, datetime

from sheets import heap
from sheets.problems import StoreUnreadable
from sheets.snapshot import Heartbeat, Live, Store

log = logging.getLogger("conso.sync")


class Follower:
    """With `CONSO_SYNC=off`: shows what another process stores."""

    EVERY = 1.0
    """Seconds between two looks at the store."""

    def __init__(self, store: Store, live: Live):
        self._store = store
        self._live = live
        live.follows = True
        self._stopping = threading.Event()
        self._mark = ""
        self._thread = threading.Thread(target=self.run, name="conso-follow", daemon=True)

    def look(self) -> None:
        mark = self._store.mark()
        if mark and mark != self._mark:
            with heap.growing():
                stored = self._store.load()
                if stored is not None:
                    self._live.show(stored[0])
                    heap.settle()
            self._mark = mark
        self._live.heartbeat = self._store.load_heartbeat()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.look()
            except Exception as error:
                self._live.heartbeat = Heartbeat(
                    self._live.heartbeat.succeeded_at,
                    {
                        "at": datetime.now(UTC).isoformat(),
                        "kind": StoreUnreadable.kind,
                        "message": f"Le stockage ne répond pas ({type(error).__name__}).",
                    },
                    self._live.heartbeat.tally,
                )
                log.warning("stockage illisible : %s", error)
            self._stopping.wait(self.EVERY)
