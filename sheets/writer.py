"""All that only the process which reads the sheet has."""

from collections.abc import Callable

from settings import Settings
from sheets import outbox
from sheets.counter import Counter
from sheets.loop import Loop
from sheets.open_counter import open_counter
from sheets.reports import Reports
from sheets.snapshot import Live
from sheets.sync import opened


class Writer:
    """The passes; for an embedded sheet its counter and its letters too."""

    def __init__(self, settings: Settings, live: Live):
        """Opens the sheet, and reads it where it is a workbook. Raises SheetError where no site can be made of it."""
        self._sync = opened(settings, live)
        if self._sync.workbook is not None:
            self._sync.look()
        self.reports = Reports.where_allowed(self._sync)
        self._loop = Loop(self._sync)
        self._letters: outbox.Outbox | None = None

    def start(self, admits: Callable[[str], bool], drafts_key: str | None, address: str) -> None:
        """Shows the stored snapshot and starts the passes. `admits`: whose cookie opens `/feuille`; `address`: where the site is."""
        self._sync.live.drafts.lock(drafts_key)
        self._sync.restore()
        if self._sync.workbook is not None:
            open_counter.counter = counter = Counter(self._sync, self._loop, self._sync.workbook)
            open_counter.admits, open_counter.drafts_key = admits, drafts_key
            self._loop.passes = counter.passes
            self._letters = outbox.opened(self._sync.settings, self._sync.store, counter.private_link, address)
            counter.after_pass = self._letters.post
        elif self.reports is not None:
            self._loop.passes = self.reports.passes
        self._loop.start()

    def stop(self) -> None:
        self._loop.stop()
        if self._letters is not None:
            self._letters.stop()
