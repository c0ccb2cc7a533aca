"""The loop that runs one pass after another."""

import logging
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sheets.lease import Lease
from sheets.outage import LONGEST_RETRY_AFTER
from sheets.problems import OtherWriter, SheetError
from sheets.sync import Report, Sync

log = logging.getLogger("conso.sync")

LONGEST_WAIT = 60.0
"""Seconds between two tries after failures."""
LOOK_EVERY = 0.25
"""Seconds between two looks at whether the workbook was saved: each asks the disk for its date."""
EMBEDDED_PASS_EVERY = 60.0
"""Seconds after which an unchanged workbook is read again: articles appear at their hour, a day passes."""


class Loop:
    """Runs passes in a thread of its own until stopped. A failure waits longer each time, never ends it."""

    def __init__(self, sync: Sync):
        self._sync = sync
        self.passes: Callable[[], Report] = sync.once
        """What one round runs."""
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._failures = 0
        self._thread = threading.Thread(target=self._run_as_only_writer, name="conso-sync", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def wake(self) -> None:
        """Asks for a pass now."""
        self._wake.set()

    def _run_as_only_writer(self) -> None:
        self._sync.lease = lease = Lease(self._sync.store)
        lease.start()
        try:
            self.run()
        finally:
            lease.stop()

    def run(self) -> None:
        mark, last = "", float("-inf")
        while not self._stopping.is_set():
            workbook = self._sync.workbook
            wait = self._sync.settings.refresh_seconds
            woken = self._wake.is_set()
            self._wake.clear()
            try:
                if workbook is not None:
                    workbook.flush()
                due = (
                    workbook is None
                    or woken
                    or workbook.mark() != mark
                    or time.monotonic() - last >= EMBEDDED_PASS_EVERY
                    or self._failures
                    or self._sync.live.standing_by
                )
                if due:
                    mark, last = (workbook.mark() if workbook else ""), time.monotonic()
                    report = self.passes()
                    mark = workbook.mark_since(mark) if workbook else ""
                    log.info("%s", report)
                    if self._failures:
                        log.info("la feuille répond de nouveau")
                    self._failures, self._sync.live.standing_by = 0, False
            except OtherWriter as error:
                self._stand_by(error)
            except SheetError as error:
                wait = self._pause(error.retry_after)
                log.error("%s (nouvel essai dans %.0f s)", error.message, wait)
            except Exception:
                wait = self._pause(None)
                self._sync.live.failed("bug", "Une erreur imprévue : voyez le journal du serveur.", datetime.now(UTC))
                log.exception("passe interrompue")
            self._rest(wait, mark, last)

    def _rest(self, seconds: float, mark: str, last: float) -> None:
        """Until the next round, or until somebody asks for one.

        A workbook saved meanwhile is not let wait, where the last pass began a round ago: as soon as two looks find the same file, which nobody is still writing then.
        """
        workbook = self._sync.workbook
        if workbook is None or self._failures:
            self._wake.wait(seconds)
            return
        until, seen = time.monotonic() + seconds, mark
        while (left := until - time.monotonic()) > 0 and not self._wake.wait(min(LOOK_EVERY, left)):
            before, seen = seen, workbook.mark()
            if seen == before != mark and time.monotonic() - last >= self._sync.settings.refresh_seconds:
                return

    def _stand_by(self, error: OtherWriter) -> None:
        """Another process writes: this one shows what it stores, and asks for its turn at each round."""
        log.log(logging.DEBUG if self._sync.live.standing_by else logging.WARNING, "%s", error.message)
        self._sync.live.standing_by = True
        try:
            self._sync.follow()
        except SheetError as silent:
            log.warning("%s", silent.message)

    def _pause(self, retry_after: float | None) -> float:
        """Seconds to wait after a failure: doubling with jitter, and never less than the other side asked."""
        self._failures += 1
        doubled = min(LONGEST_WAIT, self._sync.settings.refresh_seconds * 2 ** min(self._failures - 1, 10))
        return max(doubled * random.uniform(0.75, 1.0), min(retry_after or 0.0, LONGEST_RETRY_AFTER))
