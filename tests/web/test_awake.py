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
    assert "_session_mgr" in inspect.getsource(runtime.Runtime.__init__)
    assert ClientState.DESCRIPTOR.fields_by_name["query_string"]
    assert isinstance(AppSession.session_state, property)


def test_without_streamlit_nobody_is_told():
    awake._wake(snapshot(CELLAR), snapshot(BAR))
