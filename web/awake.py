"""A new snapshot reaches the pages already open: those whose words it changes run again, the others are left alone.

Streamlit has no public way to make an open page run again from outside: this takes the one its own file watcher takes, whose shape
`tests/web/test_awake.py` pins. Where it is gone, open pages learn at their next interaction (docs/decisions/0014).
"""

import logging
import threading
import time
from datetime import datetime
from functools import partial

from cachetools import LRUCache, cached
from streamlit import runtime
from streamlit.runtime.app_session import AppSession

from sheets.snapshot import Snapshot, live
from ui import page
from ui.document import document
from web.pages import Pairs, minute

log = logging.getLogger("conso.awake")

PAUSE_SECONDS, LAGS = 0.02, 20
"""Between two pages told: this long, and so many times what the server's loop keeps others waiting. Who asks for something comes first."""
REST = 3
"""Times as long as it took to see that a page is not concerned."""
BUSY_SECONDS, MOST_TRIES = 0.1, 100
"""A page that runs is asked again after this long, this many times at most."""
MOST_ANSWERS = 1024
"""Addresses whose answer is remembered, known by the versions: it must keep no snapshot alive."""


class Waker:
    """Tells the open pages, each once for whatever came since it was drawn: a snapshot that comes meanwhile starts nothing over.

    Two snapshots are held, however long the pages wait: one that shows neither runs again without a look at its words. So that few come to
    that, looking goes on between two redraws.
    """

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._waiting: dict[str, AppSession] = {}
        """To be looked at, by id."""
        self._due: dict[str, AppSession] = {}
        """To be drawn again."""
        self._last: tuple[Snapshot, Snapshot] | None = None
        """The newest, after the one that it replaced."""
        self._running = False

    def tell(self, before: Snapshot, after: Snapshot) -> None:
        """From a thread of its own: no pass waits for it."""
        try:
            sessions = _sessions()
        except AttributeError:
            return log.exception("Streamlit a changé : les pages ouvertes apprendront les nouveautés au prochain geste")
        with self._lock:
            for session in sessions:
                if session.id not in self._due:
                    self._waiting.setdefault(session.id, session)
            if not (self._waiting or self._due):
                return None
            self._last = before, after
            if self._running:
                return self._lock.notify()
            self._running = True
        threading.Thread(target=self._run, name="conso-awake", daemon=True).start()
        return None

    def _run(self) -> None:
        answers: LRUCache[tuple[object, ...], bool] = LRUCache(MOST_ANSWERS)
        changed = cached(answers, key=lambda one, other, *asked: (one.version, other.version, *asked))(differs)
        woken, rested = 0, 0.0
        try:
            while (told := self._next(rested)) is not None:
                session, due, before, after = told
                shown, asked = page.shown_in(session.session_state), time.perf_counter()
                if shown is None or shown.version == after.version or not _is_open(session):
                    continue
                if due:
                    session._call_soon_on_event_loop(partial(_redraw, session))
                    woken, lag = woken + 1, _lag(session)
                    rested = time.monotonic() + PAUSE_SECONDS + LAGS * lag
                elif shown.version != before.version or changed(before, after, shown.path, shown.pairs, minute()):
                    with self._lock:
                        self._due[session.id] = session
                else:
                    shown.version = after.version
                    time.sleep(REST * (time.perf_counter() - asked))
        except Exception:
            log.exception("les pages ouvertes apprendront les nouveautés au prochain geste")
            with self._lock:
                self._waiting.clear()
                self._due.clear()
                self._running, self._last = False, None
        log.debug("%d pages ouvertes redessinées", woken)

    def _next(self, rested: float) -> tuple[AppSession, bool, Snapshot, Snapshot] | None:
        """A page, and whether it is to be drawn again, which none is before the moment `rested`; None once nobody waits."""
        with self._lock:
            while not self._waiting and self._due and (left := rested - time.monotonic()) > 0:
                self._lock.wait(left)
            if not (self._waiting or self._due) or self._last is None:
                self._running, self._last = False, None
                return None
            due = bool(self._due) and time.monotonic() >= rested
            pages = self._due if due else self._waiting
            return pages.pop(next(iter(pages))), due, *self._last


tell = Waker().tell


def differs(before: Snapshot, after: Snapshot, path: str, pairs: Pairs, now: datetime) -> bool:
    """True where a visitor of this address reads something else in one snapshot than in the other."""
    one, other = (document(snapshot, path, pairs, "", now, "", live.embedded) for snapshot in (before, after))
    return one != other


def _redraw(session: AppSession, tries: int = MOST_TRIES) -> None:
    """On the session's own loop. A run under way answers a press that `_client_state` does not hold before its end: it is let finish."""
    if session._scriptrunner is None:
        if not _is_new(session):
            session.request_rerun(session._client_state)
    elif tries:
        session._event_loop.call_later(BUSY_SECONDS, _redraw, session, tries - 1)


def _is_new(session: AppSession) -> bool:
    """True where a press has drawn what is now online."""
    shown = page.shown_in(session.session_state)
    return shown is not None and live.snapshot is not None and shown.version == live.snapshot.version


def _lag(session: AppSession) -> float:
    """Seconds that the loop takes to hear a word."""
    heard, said = threading.Event(), time.perf_counter()
    session._call_soon_on_event_loop(heard.set)
    heard.wait(1.0)
    return time.perf_counter() - said


def _is_open(session: AppSession) -> bool:
    return runtime.get_instance().is_active_session(session.id)


def _sessions() -> list[AppSession]:
    if not runtime.exists():
        return []
    return [held.session for held in runtime.get_instance()._session_mgr.list_active_sessions()]
