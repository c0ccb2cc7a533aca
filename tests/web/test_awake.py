"""Pages already open learn of a new snapshot, and only those that it changes."""

import inspect
import time
import weakref

import pytest
from streamlit import runtime
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.session_manager import SessionManager

import annuaire
from schema import Site
from sheets.snapshot import Live, build
from tests.annuaire.snapshots import NOW, snapshot
from ui.page import Shown
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
        self.session_state: Shown | None = None

    def request_rerun(self, _) -> None:
        self.runs += 1

    def call_later(self, _, then, *given) -> None:
        self.later.append((then, *given))


@pytest.fixture
def site(monkeypatch):
    """What is online; the pages of a test keep what they show."""
    live = Live()
    live.prepare = annuaire.prepare
    live.show(snapshot(CELLAR))
    monkeypatch.setattr(awake, "live", live)
    monkeypatch.setattr(awake.page, "shown_in", lambda state: state)
    return live


def test_a_press_that_is_being_answered_is_not_answered_again_from_the_address_before_it(site):
    """Streamlit knows the address of a press at the end of its run only: waking it sooner would draw the one before."""
    session = Session(running=True)
    awake._redraw(session)
    assert session.runs == 0
    session._scriptrunner = None
    ((then, *given),) = session.later
    then(*given)
    assert session.runs == 1


def test_a_press_that_has_drawn_what_is_online_is_not_drawn_again(site):
    session = Session(running=True)
    awake._redraw(session)
    session._scriptrunner, session.session_state = None, Shown("/", (), site.snapshot.version)
    ((then, *given),) = session.later
    then(*given)
    assert session.runs == 0


def test_a_page_that_never_ends_is_given_up():
    session = Session(running=True)
    awake._redraw(session, tries=0)
    assert (session.runs, session.later) == (0, [])


@pytest.fixture
def opened(monkeypatch, site):
    """Open pages of the home page, by id; those told, in order; who tells them. Nobody pauses."""
    sessions, told = {}, []

    class Open(Session):
        def __init__(self, id_: str) -> None:
            super().__init__(running=False)
            self.id, sessions[id_] = id_, self
            self._draw()

        def _draw(self) -> None:
            self.session_state = Shown("/", (), site.snapshot.version)

        def _call_soon_on_event_loop(self, callback) -> None:
            callback()

        def request_rerun(self, _) -> None:
            told.append(self.id)
            self._draw()

    monkeypatch.setattr(awake, "_sessions", lambda: list(sessions.values()))
    monkeypatch.setattr(awake, "_is_open", lambda session: session.id in sessions)
    monkeypatch.setattr(awake, "PAUSE_SECONDS", 0)
    for id_ in "abc":
        Open(id_)
    waker = awake.Waker()
    site.told = waker.tell
    return sessions, told, waker


def _ended(waker: awake.Waker) -> None:
    until = time.monotonic() + 10
    while waker._running:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_every_open_page_is_told_once_and_one_that_left_is_not(opened, site):
    sessions, told, waker = opened
    waker._running = True  # none is told before one has left
    site.show(snapshot(CELLAR, BAR))
    del sessions["b"]
    waker._run()
    assert told == ["a", "c"]
    assert (waker._running, waker._last, waker._waiting) == (False, None, {})


@pytest.mark.slow
def test_what_comes_meanwhile_starts_nothing_over(opened, site, monkeypatch):
    """Three snapshots while the first page is being told: each page runs once, for all of them; one that ends as it began runs not at all."""
    _, told, waker = opened
    monkeypatch.setattr(awake, "PAUSE_SECONDS", 1.0)
    for each in (snapshot(CELLAR, BAR), snapshot(BAR), snapshot(CELLAR, BAR)):
        site.show(each)
    _ended(waker)
    assert sorted(told) in (["a", "b", "c"], ["a", "a", "b", "c"])  # the first may have been told before the second tick
    told.clear()
    waker._running = True
    site.show(snapshot(CELLAR))
    site.show(snapshot(CELLAR, BAR))
    waker._run()
    assert told == []


def test_a_page_that_says_the_same_is_left_alone_at_each_snapshot_that_follows(opened, site):
    """It was drawn under none of them. The first that says something else there has it drawn."""
    sessions, told, waker = opened
    for session in sessions.values():
        session.session_state.path = "/mag"
    for activity in ("vins", "bières", "cidres"):
        site.show(snapshot(CELLAR | {"activite": activity}))
        _ended(waker)
    assert told == []
    site.show(snapshot(CELLAR, site=Site(name="Un autre nom")))
    _ended(waker)
    assert sorted(told) == ["a", "b", "c"]


def test_pages_are_looked_at_while_those_to_draw_again_wait(opened, site, monkeypatch):
    """Else a second tick would find everybody too old to be compared, and draw again whom it does not concern."""
    sessions, told, waker = opened
    sessions["c"].session_state.path = "/mag"
    monkeypatch.setattr(awake, "PAUSE_SECONDS", 3600)
    for activity in ("vins", "bières"):
        site.show(snapshot(CELLAR | {"activite": activity}))
        until = time.monotonic() + 10
        while sessions["c"].session_state.version != site.snapshot.version:
            assert time.monotonic() < until
            time.sleep(0.01)
    assert told == ["a"]
    assert waker._due.keys() == {"b", "a"}
    with waker._lock:
        waker._due.clear()
        waker._lock.notify()
    _ended(waker)


def test_a_page_older_than_the_last_two_snapshots_is_drawn_again(opened, site):
    """What it shows is nowhere any more, to be compared with what is online."""
    sessions, told, waker = opened
    sessions["b"].session_state.path = "/mag"
    waker._running = True  # nobody is looked at between the two
    site.show(snapshot(CELLAR, BAR))
    site.show(snapshot(CELLAR | {"activite": "vins"}, BAR))
    waker._run()
    assert told == ["a", "b", "c"]


@pytest.mark.slow
def test_no_more_snapshots_live_than_the_last_three_however_long_pages_wait(opened, site, monkeypatch):
    """A pass at each second page told, so that one of three always waits, as 200 do on a market day. The third is that of the page being told."""
    _, told, waker = opened
    living, most = weakref.WeakSet(), []

    def passes(_) -> float:
        if len(told) % 2 == 0 and len(most) < 12:
            site.show(snapshot(CELLAR | {"activite": f"arrivage {len(told)}"}))
            living.add(site.snapshot)
            most.append(len(living))
        return 0.0

    monkeypatch.setattr(awake, "_lag", passes)
    waker._running = True
    passes(None)
    waker._run()
    assert len(most) == 12
    assert max(most) <= 3


@pytest.mark.slow
def test_a_fault_leaves_the_next_snapshot_its_chance(opened, site, monkeypatch):
    _, told, waker = opened
    with monkeypatch.context() as broken:
        broken.setattr(awake.page, "shown_in", lambda _: 1 / 0)
        site.show(snapshot(BAR))
        _ended(waker)
    assert told == []
    site.show(snapshot(CELLAR, BAR))
    _ended(waker)
    assert sorted(told) == ["a", "b", "c"]


def test_without_streamlit_nobody_is_told():
    waker = awake.Waker()
    waker.tell(snapshot(CELLAR), snapshot(BAR))
    assert not waker._running
