"""A choice in the directory is answered with the pieces that it changes, without a run of Streamlit's script.

A run is a thread, eleven messages, and all of Streamlit's care for pages that may do anything: more than half of what a choice cost (docs/decisions/0014). The directory
does one thing: from an address, its pieces. What a run sends is noted on its way out, and sent again with other words in it. Whatever is not this case is left to Streamlit.
How its messages look, and where it keeps an open page, is private: `tests/web/test_pieces.py` compares what is answered here with what a run answers.
"""

import logging
from collections.abc import Iterator

import anyio
from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_cache import create_reference_msg, populate_hash_if_needed
from streamlit.runtime.session_manager import ActiveSessionInfo, SessionClientDisconnectedError

import annuaire
from sheets.snapshot import Snapshot, live
from ui import blocks, directory, page
from ui.directory import Directory
from web.beside import worked_out
from web.pages import minute, stale_line

log = logging.getLogger("conso.pieces")

FOUND, MAP, BELOW, FOOTER = 1, 2, 3, 4
"""The places of what `pages/annuaire.py` draws, after the header, whose form says the same whatever is asked."""
_CHART = "deck_gl_json_chart"
"""The map's kind of element."""


class Pieces:
    """The innermost middleware of a websocket."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            opened = _OpenPage(receive, send)
            receive, send = opened.receive, opened.send
        await self.app(scope, receive, send)


class _OpenPage:
    """One socket: what its last run has drawn, and where."""

    def __init__(self, receive: Receive, send: Send):
        self._receive, self._send = receive, send
        self._session = ""
        """Its id."""
        self._main = ""
        """The hash that a program says which knows no page's; it is given the first, which is the directory."""
        self._runs = True
        self._drawn: list[ForwardMsg] = []
        """The elements of the last run, without what they say: their place, their shape, and its hash."""

    async def send(self, message: Message) -> None:
        if message.get("bytes"):
            self._note(ForwardMsg.FromString(message["bytes"]))
        await self._send(message)

    async def receive(self) -> Message:
        while True:
            message = await self._receive()
            if not (message.get("bytes") and await self._answers(message["bytes"])):
                return message
            await anyio.sleep(0)  # what is asked in haste waits for what others ask

    def _note(self, sent: ForwardMsg) -> None:
        kind = sent.WhichOneof("type")
        if kind == "new_session":
            self._session, self._main = sent.new_session.initialize.session_id, sent.new_session.main_script_hash
            self._runs, self._drawn = True, []
        elif kind == "script_finished":
            self._runs = False
        elif self._runs and (kind == "ref_hash" or (kind == "delta" and sent.delta.HasField("new_element"))):
            self._drawn.append(_emptied(sent))

    async def _answers(self, data: bytes) -> bool:
        """True where what was asked is answered; else it is for Streamlit."""
        try:
            asked = BackMsg.FromString(data)
            return asked.WhichOneof("type") == "rerun_script" and await self._answer(asked.rerun_script)
        except (DecodeError, SessionClientDisconnectedError):
            return False
        except Exception:
            log.exception("un choix a demandé Streamlit")
            return False

    async def _answer(self, asked: ClientState) -> bool:
        snapshot, pairs = live.snapshot, page.pairs_of(asked.query_string)
        if snapshot is None or self._shown(asked, snapshot) is None:
            return False
        found = await worked_out(directory.directory, snapshot, annuaire.parse(pairs), minute())
        shown = self._shown(asked, snapshot)  # again, after a wait
        if shown is None:
            return False
        held, last = shown
        for place, piece in self._pieces(found, snapshot):
            if piece.hash != self._drawn[place].hash:
                self._drawn[place].hash = piece.hash
                known = piece.metadata.cacheable and piece.hash in asked.cached_message_hashes
                held.client.write_forward_msg(create_reference_msg(piece) if known else piece)
        held.client.write_forward_msg(ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY))
        held.session._client_state.query_string = asked.query_string
        last.pairs = pairs
        return True

    def _shown(self, asked: ClientState, snapshot: Snapshot) -> tuple[ActiveSessionInfo, page.Shown] | None:
        """The page, where it shows the directory of this snapshot and waits, and nothing but the address is another; None where it is for Streamlit.

        A map that was touched has a state, which may change what is drawn.
        """
        if self._runs or len(self._drawn) != FOOTER + 1 or _kind(self._drawn[MAP]) != _CHART:
            return None
        held = runtime.get_instance()._session_mgr.get_active_session_info(self._session)
        if held is None or held.session._scriptrunner is not None:
            return None
        if asked.fragment_id or asked.is_auto_rerun or asked.page_name or asked.widget_states.widgets:
            return None
        if asked.page_script_hash not in ("", self._main, held.session.page_script_hash):
            return None
        last = page.shown_in(held.session.session_state)
        return (held, last) if last and (last.path, last.version) == ("/", snapshot.version) else None

    def _pieces(self, found: Directory, snapshot: Snapshot) -> Iterator[tuple[int, ForwardMsg]]:
        """What is shown of the answer, each at its place, with its hash."""
        footer = blocks.footer(snapshot, stale_line())
        for place, text in ((FOUND, found.found), (BELOW, found.below), (FOOTER, footer)):
            piece = self._at(place, FOOTER)
            piece.delta.new_element.html.body = text
            yield place, _hashed(piece)
        chart = self._at(MAP, MAP)
        chart.delta.new_element.deck_gl_json_chart.json = found.map.to_json()
        chart.delta.new_element.deck_gl_json_chart.alt = found.told
        yield MAP, _hashed(chart)

    def _at(self, place: int, shape: int) -> ForwardMsg:
        """An element at the one's place, shaped as the other: what a browser holds already came without its shape."""
        return ForwardMsg(metadata=self._drawn[place].metadata, delta=self._drawn[shape].delta)


def _kind(sent: ForwardMsg) -> str | None:
    return sent.delta.new_element.WhichOneof("type")


def _emptied(sent: ForwardMsg) -> ForwardMsg:
    """An element without what it says, which may be a whole sheet; a map says little."""
    match _kind(sent):
        case None:
            sent.hash = sent.ref_hash
        case "html":
            sent.delta.new_element.html.body = ""
        case kind if kind != _CHART:
            sent.ClearField("delta")
    return sent


def _hashed(piece: ForwardMsg) -> ForwardMsg:
    populate_hash_if_needed(piece)
    return piece
