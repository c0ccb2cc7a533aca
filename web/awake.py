"""A new snapshot reaches the pages already open: those whose words it changes run again, the others are left alone.

Streamlit has no public way to make an open page run again from outside: this takes the one its own file watcher takes, whose shape
`tests/web/test_awake.py` pins. Where it is gone, open pages learn at their next interaction (docs/decisions/0014).
"""

import logging
import threading
import time
from datetime import datetime
from functools import lru_cache, partial

from streamlit import runtime
from streamlit.runtime.app_session import AppSession

from sheets.snapshot import Snapshot, live
from ui import page
from ui.document import document
from web.pages import Pairs, minute

log = logging.getLogger("conso.awake")

PAUSE_SECONDS = 0.02
"""Between two pages told, so that those who read something else wait for none of it."""
BUSY_SECONDS, MOST_TRIES = 0.1, 100
"""A page that runs is asked again after this long, this many times at most."""


def tell(before: Snapshot, after: Snapshot) -> None:
    """Wakes the pages that read otherwise now, from a thread of its own: no pass waits for them."""
    threading.Thread(target=_wake, args=(before, after), name="conso-awake", daemon=True).start()


def differs(before: Snapshot, after: Snapshot, path: str, pairs: Pairs, now: datetime) -> bool:
    """True where a visitor of this address reads something else in one snapshot than in the other."""
    one, other = (document(snapshot, path, pairs, "", now, "", live.embedded) for snapshot in (before, after))
    return one != other


def _wake(before: Snapshot, after: Snapshot) -> None:
    now, woken = minute(), 0
    changed = lru_cache(maxsize=None)(lambda path, pairs: differs(before, after, path, pairs, now))
    try:
        for session in _sessions():
            shown = page.shown_in(session.session_state)
            if shown is not None and changed(*shown):
                session._call_soon_on_event_loop(partial(_redraw, session))
                woken += 1
                time.sleep(PAUSE_SECONDS)
    except AttributeError:
        log.exception("Streamlit a changé : les pages ouvertes apprendront les nouveautés au prochain geste")
    log.debug("%d pages ouvertes redessinées", woken)


def _redraw(session: AppSession, tries: int = MOST_TRIES) -> None:
    """On the session's own loop. A run under way answers a press that `_client_state` does not hold before its end: it is let finish."""
    if session._scriptrunner is None:
        session.request_rerun(session._client_state)
    elif tries:
        session._event_loop.call_later(BUSY_SECONDS, _redraw, session, tries - 1)


def _sessions() -> list[AppSession]:
    if not runtime.exists():
        return []
    return [held.session for held in runtime.get_instance()._session_mgr.list_active_sessions()]
