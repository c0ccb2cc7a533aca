"""Pages already open learn of a new snapshot, and only those that it changes."""

import inspect

import pytest
from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.session_manager import SessionManager

from sheets.snapshot import Live, build
from tests.annuaire.snapshots import NOW, snapshot
from web import awake

BAR, CELLAR = {"slug": "bar", "nom": "Bar", "categorie": "Bar"}, {"slug": "cave", "nom": "Cave", "categorie": "Cave"}


@pytest.mark.parametrize(
    ("path", "pairs", "changed"),
    [
        ("/", (), True),
        ("/", (("categorie", "bar"),), True),
        ("/", (("categorie", "cave"), ("q", "zinc")), False),
        ("/fiche", (("f", "cave"),), True),
        ("/fiche", (("f", "bar"),), False),
        ("/mag", (), False),
    ],
)
def test_a_page_is_told_where_its_own_words_change(path, pairs, changed):
    before = snapshot(CELLAR)
    after = snapshot(CELLAR | {"activite": "vins"}, BAR)
    if path == "/fiche" and pairs == (("f", "bar"),):
        before = snapshot(CELLAR, BAR)
    assert awake.differs(before, after, path, pairs, NOW) == changed


def test_the_same_content_tells_nobody():
    """Nor does the first snapshot: no page was drawn before it."""
    told, live = [], Live()
    live.told = lambda before, after: told.append((before.version, after.version))
    first, again, other = build([CELLAR]), build([CELLAR]), build([BAR])
    for each in (first, first, again, other):
        live.show(each)
    assert told == [(first.version, other.version)]


def test_streamlit_still_has_the_way_that_is_taken():
    """Its file watcher's: private, so pinned here."""
    assert "self.request_rerun(self._client_state)" in inspect.getsource(AppSession._on_source_file_changed)
    assert hasattr(SessionManager, "list_active_sessions")
    ended = inspect.getsource(AppSession._handle_scriptrunner_event_on_event_loop)
    assert "self._client_state = client_state" in ended
    assert "self._scriptrunner = None" in ended
    assert hasattr(AppSession, "_call_soon_on_event_loop")
    assert "self._event_loop = " in inspect.getsource(AppSession.__init__)
    assert "_session_mgr" in inspect.getsource(runtime.Runtime.__init__)
    assert ClientState.DESCRIPTOR.fields_by_name["query_string"]
    assert isinstance(AppSession.session_state, property)


class Session:
    """As much of Streamlit's as waking it takes."""

    def __init__(self, running: bool) -> None:
        self._scriptrunner = object() if running else None
        self._client_state, self._event_loop, self.runs, self.later = "the address pressed last", self, 0, []

    def request_rerun(self, _) -> None:
        self.runs += 1

    def call_later(self, _, then, *given) -> None:
        self.later.append((then, *given))


def test_a_press_that_is_being_answered_is_not_answered_again_from_the_address_before_it():
    """Streamlit knows the address of a press at the end of its run only: waking it sooner would draw the one before."""
    session = Session(running=True)
    awake._redraw(session)
    assert session.runs == 0
    session._scriptrunner = None
    ((then, *given),) = session.later
    then(*given)
    assert session.runs == 1


def test_a_page_that_never_ends_is_given_up():
    session = Session(running=True)
    awake._redraw(session, tries=0)
    assert (session.runs, session.later) == (0, [])


def test_without_streamlit_nobody_is_told():
    awake._wake(snapshot(CELLAR), snapshot(BAR))
