"""A choice answered without a run leaves the page as a run would: over a real site, by its websocket."""

import inspect
import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import anyio
import pytest
from anyio.from_thread import start_blocking_portal
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.session_manager import SessionClientDisconnectedError, SessionManager
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from sheets import demo
from sheets.snapshot import Live
from tests.browser.conftest import Site, serving, untick_one
from ui.page import Shown
from web import beside, pieces

ASKED = (
    "categorie=boulangerie",
    "categorie=boulangerie,boucherie&monnaie=1",
    "q=pain&tri=nom",
    "page=2",
    "page=99",
    "pres=angers&rayon=10&tri=distance",
    "ouvert=1",
    "categorie=rien-de-tel",
    "utm_source=lettre&q=%3Cb%3Ex%26",
    "embed_options=x&q=",
    "",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("pieces")
    demo.write(folder / "feuille.xlsx", rows=60, seed=3, ticked=True)
    with serving(folder / "feuille.xlsx", folder, CONSO_REFRESH_SECONDS="1") as running:
        yield running


class Page:
    """An open page: what it shows, as Streamlit's client would."""

    def __init__(self, socket) -> None:
        self._socket = socket
        self.shown: dict[tuple[int, ...], ForwardMsg] = {}
        """Its elements, by their place."""
        self._held: dict[str, ForwardMsg] = {}

    def ask(self, query: str, remembers: bool = True, **more) -> list[str]:
        """The kinds of the messages that answer, until the page is whole."""
        asked = BackMsg()
        asked.rerun_script.query_string = query
        if remembers:
            asked.rerun_script.cached_message_hashes.extend(self._held)
        for name, value in more.items():
            getattr(asked.rerun_script, name).extend(value) if isinstance(value, list) else setattr(
                asked.rerun_script, name, value
            )
        self._socket.send(asked.SerializeToString())
        return self.wait()

    def touch(self, query: str, objects: dict) -> list[str]:
        """A press on the map, with what it selects."""
        (chart,) = (
            each.delta.new_element.deck_gl_json_chart for each in self.shown.values() if kind(each) == "deck_gl_json_chart"
        )
        asked = BackMsg()
        asked.rerun_script.query_string = query
        state = {"selection": {"indices": {}, "objects": objects}}
        asked.rerun_script.widget_states.widgets.append(WidgetState(id=chart.id, string_value=json.dumps(state)))
        self._socket.send(asked.SerializeToString())
        return self.wait()

    def wait(self) -> list[str]:
        kinds = []
        while True:
            message = ForwardMsg.FromString(self._socket.recv(timeout=20))
            kinds.append(message.WhichOneof("type"))
            if kinds[-1] == "script_finished":
                return kinds
            if kinds[-1] == "new_session":
                self.shown = {}
            place = tuple(message.metadata.delta_path)
            if kinds[-1] == "ref_hash":
                held = ForwardMsg()
                held.CopyFrom(self._held[message.ref_hash])
                held.metadata.delta_path[:] = place
                self.shown[place] = held
            elif kinds[-1] == "delta":
                self.shown[place] = message
                if message.metadata.cacheable:
                    self._held[message.hash] = message


def kind(message: ForwardMsg) -> str | None:
    return message.delta.new_element.WhichOneof("type")


@contextmanager
def opened(site: Site) -> Iterator[Page]:
    with connect(
        f"{site.url.replace('http', 'ws')}/_stcore/stream", subprotocols=[Subprotocol("streamlit")], max_size=None
    ) as socket:
        yield Page(socket)


def told(page: Page) -> list[tuple[tuple[int, ...], bytes]]:
    return sorted((place, message.delta.SerializeToString(deterministic=True)) for place, message in page.shown.items())


def test_a_choice_leaves_the_page_as_a_run_would(site):
    with opened(site) as chooses:
        assert "new_session" in chooses.ask("")
        for query in ASKED:
            assert "new_session" not in chooses.ask(query), query
            with opened(site) as runs:
                assert "new_session" in runs.ask(query)
                assert told(chooses) == told(runs), query


def test_only_what_changes_is_sent_and_what_a_browser_holds_is_not_sent_again(site):
    with opened(site) as page:
        page.ask("")
        assert set(page.ask("")) - {"session_status_changed"} == {"script_finished"}
        assert page.ask("categorie=boulangerie").count("delta") == 3, "the list, the map, its legend"
        page.ask("page=2")
        page.ask("q=pain")
        assert page.ask("page=2").count("ref_hash") == 1
        page.ask("q=pain")
        assert page.ask("page=2", remembers=False).count("ref_hash") == 0


def test_what_a_page_held_before_it_came_back_is_answered_too(site):
    """A browser whose machine has gone asks another with all that it holds: what stands there has no shape of its own then."""
    with opened(site) as page:
        page.ask("page=2")
        with opened(site) as back:
            back._held = page._held
            assert "ref_hash" in back.ask("page=2")
            assert "new_session" not in back.ask("q=pain")
            page.ask("q=pain")
            assert told(back) == told(page)


@pytest.mark.parametrize(
    "more",
    [{"page_name": "mag"}, {"is_auto_rerun": True}, {"page_script_hash": "0" * 32}],
    ids=["another page", "by itself", "a page unknown"],
)
def test_what_is_no_choice_is_streamlits(site, more):
    with opened(site) as page:
        page.ask("")
        assert "new_session" in page.ask("q=pain", **more)


def test_another_page_runs(site):
    with opened(site) as page:
        page.ask("", page_name="mag")
        assert "new_session" in page.ask("article=rien", page_name="mag")
        assert "new_session" in page.ask("")
        assert "new_session" not in page.ask("q=pain")


def test_a_touched_map_runs(site):
    """What was touched may change what is drawn: a cluster is shown closer, a fiche is opened."""
    cluster = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [-0.55, 47.47]},
        "properties": {"t": "12", "vers": 12},
    }
    with opened(site) as page:
        page.ask("")
        assert "new_session" in page.touch("", {"fiches": [cluster]})
        (deck,) = (json.loads(each.delta.new_element.deck_gl_json_chart.json) for each in page.shown.values() if kind(each) == "deck_gl_json_chart")  # fmt: skip
        assert deck["initialViewState"]["zoom"] == 12
        assert "new_session" in page.touch("q=pain", {"fiches": [cluster]})


def test_frames_that_are_none_of_ours_are_streamlits(site):
    with opened(site) as page:
        page.ask("")
        page._socket.send(BackMsg(app_heartbeat=True).SerializeToString())
        assert "new_session" not in page.ask("q=pain")


def test_a_new_snapshot_reaches_a_page_that_has_chosen(site):
    """It runs at the address of the last choice, though no run has ever been there."""
    with opened(site) as page:
        page.ask("")
        page.ask("categorie=boulangerie")
        untick_one(site.workbook, "Boulangerie")
        assert "new_session" in page.wait()
        with opened(site) as fresh:
            fresh.ask("categorie=boulangerie")
            assert told(page) == told(fresh)
        assert "new_session" not in page.ask("q=pain")


@pytest.fixture
def waiting(monkeypatch, snapshot):
    """An open page that shows the directory, and waits; what it is sent; the session that Streamlit keeps of it."""
    live, sent = Live(), []
    live.show(snapshot)
    state = SimpleNamespace(
        _scriptrunner=None, page_script_hash="", session_state=Shown("/", (), snapshot.version), _client_state=ClientState()
    )
    held = SimpleNamespace(session=state, client=SimpleNamespace(write_forward_msg=sent.append))
    monkeypatch.setattr(pieces, "live", live)
    monkeypatch.setattr(pieces.page, "shown_in", lambda state: state)
    monkeypatch.setattr(
        pieces.runtime,
        "get_instance",
        lambda: SimpleNamespace(_session_mgr=SimpleNamespace(get_active_session_info=lambda _: held)),
    )
    page = pieces._OpenPage(None, None)
    page._note(ForwardMsg(new_session={}))
    for place in range(5):
        element = {"deck_gl_json_chart": {"json": "{}"}} if place == pieces.MAP else {"html": {"body": "avant"}}
        page._note(ForwardMsg(metadata={"delta_path": [0, place]}, delta={"new_element": element}))
    page._note(ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY))
    return page, sent, state


PRESSED = BackMsg(rerun_script={"query_string": "q=halte"}).SerializeToString()


def answered(page: pieces._OpenPage, asked: bytes = PRESSED) -> bool:
    """In a thread of its own: a browser's trial may have left a loop in this one."""
    with start_blocking_portal() as portal:
        return portal.call(page._answers, asked)


@pytest.mark.parametrize("at_once", [0, 10_000])
def test_a_large_territory_is_searched_beside_the_loop(waiting, monkeypatch, at_once):
    page, sent, state = waiting
    monkeypatch.setattr(beside, "AT_ONCE", at_once)
    assert answered(page)
    assert [each.WhichOneof("type") for each in sent] == ["delta"] * 4 + ["script_finished"]
    assert (state._client_state.query_string, state.session_state.pairs) == ("q=halte", (("q", "halte"),))


def test_a_page_that_began_to_run_meanwhile_is_streamlits(waiting, monkeypatch):
    page, sent, state = waiting
    drawn = pieces.directory.directory

    def slow(*asked):
        state._scriptrunner = object()
        return drawn(*asked)

    monkeypatch.setattr(pieces.directory, "directory", slow)
    assert not answered(page)
    assert sent == []


def test_what_fails_is_streamlits_to_say(waiting, monkeypatch, caplog):
    page, sent, _ = waiting
    monkeypatch.setattr(pieces.directory, "directory", lambda *_: 1 / 0)
    assert not answered(page)
    assert sent == []
    assert "ZeroDivisionError" in caplog.text
    assert not answered(page, b"\xff nothing of Streamlit's")


def test_who_asks_in_haste_lets_others_ask(waiting):
    """Forty choices may wait on one socket: between two of them the loop goes on."""
    page, _, _ = waiting
    asked = [{"type": "websocket.receive", "bytes": PRESSED}] * 5 + [{"type": "websocket.disconnect"}]
    page._receive = lambda: receive()
    seen = []

    async def receive():
        return asked.pop(0)

    async def other():
        while asked:
            seen.append(len(asked))
            await anyio.sleep(0)

    async def both():
        async with anyio.create_task_group() as together:
            together.start_soon(page.receive)
            together.start_soon(other)

    with start_blocking_portal() as portal:
        portal.call(both)
    assert seen == [5, 4, 3, 2, 1]


def test_a_browser_that_has_left_is_streamlits_to_notice(waiting, monkeypatch, caplog):
    page, _, _ = waiting

    def left(_):
        raise SessionClientDisconnectedError

    monkeypatch.setattr(
        pieces.runtime.get_instance()._session_mgr.get_active_session_info("").client, "write_forward_msg", left
    )
    assert not answered(page)
    assert not caplog.records


def test_streamlit_still_has_what_is_taken():
    """Private, so pinned here; `test_awake.py` pins the rest."""
    assert "_session_mgr" in inspect.getsource(runtime.Runtime.__init__)
    assert hasattr(SessionManager, "get_active_session_info")
