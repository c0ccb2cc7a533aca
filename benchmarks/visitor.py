"""What a browser asks for, without the browser: pages over HTTP, runs over Streamlit's websocket, the map's tiles after them."""

import contextlib
import http.client
import json
import math
import re
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Common_pb2 import StringArray
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect
from websockets.typing import Subprotocol

_WAIT_SECONDS = 120.0
_MAP_PIXELS = 460
"""Of a map, across and down."""
_WORLD_PIXELS = 512
"""Across the world, at zoom 0."""


_CHECKBOX = re.compile(r'<input type="checkbox" name="categorie" value="([^"]+)"')
_SHOWN: dict[str, Callable[[Any], str | bool | list[str]]] = {
    "text_input": lambda widget: widget.value if widget.set_value else widget.default,
    "checkbox": lambda widget: widget.value if widget.set_value else widget.default,
    "multiselect": lambda widget: (
        list(widget.raw_values) if widget.set_value else [widget.options[place] for place in widget.default]
    ),
}
"""What a widget that has just been drawn holds, by its element's name."""


def _state(id_: str, value: str | bool | list[str]) -> WidgetState:
    match value:
        case bool():
            return WidgetState(id=id_, bool_value=value)
        case str():
            return WidgetState(id=id_, string_value=value)
        case _:
            return WidgetState(id=id_, string_array_value=StringArray(data=value))


class _Counted(socket.socket):
    """Counts the bytes that arrive."""

    received = 0

    def recv(self, *size: int) -> bytes:
        data = super().recv(*size)
        self.received += len(data)
        return data


class Pages:
    """One connection kept open, as browsers do."""

    def __init__(self, port: int):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_WAIT_SECONDS)

    def get(self, path: str) -> bytes:
        """The body as it travels: packed where the server packs. Raises RuntimeError where it is no 200."""
        try:
            answer = self._ask(path)
        except ConnectionError:  # the server closes what was idle for five seconds; a browser opens another too
            self._connection.close()
            answer = self._ask(path)
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return body

    def _ask(self, path: str) -> http.client.HTTPResponse:
        self._connection.request("GET", path, headers={"Accept-Encoding": "br, gzip"})
        return self._connection.getresponse()

    def close(self) -> None:
        self._connection.close()


class Visitor:
    """One open page of a Streamlit site: its widgets, its address, what its browser has already received."""

    def __init__(self, port: int, source: str = "127.0.0.1"):
        """`source`: the loopback address it comes from; the site bounds how many pages one address may open."""
        self._wire = _Counted(socket.AF_INET, socket.SOCK_STREAM)
        self._wire.bind((source, 0))
        self._wire.connect(("127.0.0.1", port))
        # A browser offers to have its messages packed, as this client does by default; it reads whatever comes, and asks for no sign of life.
        self._socket = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            sock=self._wire,
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            max_queue=None,
            ping_interval=None,
        ).__enter__()
        self._pages = Pages(port)
        self._query = ""
        self._page_hash = ""
        self._held: set[str] = set()
        self._widgets: dict[str, WidgetState] = {}
        """What each widget shows, by id: a browser sends them all at each run."""
        self.offered: list[str] = []
        """The categories to choose from, once drawn: labels of a multiselect, or values of a form's checkboxes."""
        self._multiselect = ""
        """Id of «Catégorie», where it is a multiselect."""
        self.html = ""
        """All that the last run wrote."""
        self._tiles = ""
        self._view: tuple[float, float, float] = (0.0, 0.0, 0.0)
        self._tile_pixels = _WORLD_PIXELS

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._socket.close()
        self._pages.close()

    def choose(self, categories: list[str]) -> int:
        """Chooses these of `offered`; the bytes received until the page is drawn again, its map's included.

        What a form asks for goes by the address, as web/client/choices.js sends it.
        """
        if self._multiselect:
            self._widgets[self._multiselect] = _state(self._multiselect, categories)
        elif self.offered:
            self._query = urlencode([("categorie", category) for category in categories])
        else:
            raise RuntimeError("the page has no choice of categories")
        return self.run()

    def run(self) -> int:
        """One run of the page; the bytes received, those of the map's tiles included."""
        self._catch_up()
        before = self._wire.received
        self._socket.send(self._asked())
        self._tiles = self.html = ""
        while True:
            raw = self._socket.recv(timeout=_WAIT_SECONDS)
            message = ForwardMsg.FromString(raw if isinstance(raw, bytes) else raw.encode())
            if message.metadata.cacheable:
                self._held.add(message.hash)
            match message.WhichOneof("type"):
                case "new_session":
                    self._page_hash = message.new_session.page_script_hash
                case "page_info_changed":
                    self._query = message.page_info_changed.query_string
                case "delta":
                    self._see(message)
                case "script_finished" if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    received = self._wire.received - before
                    return received + sum(len(self._pages.get(path)) for path in self._map_paths())
                case "script_finished" if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise RuntimeError("the page does not compile")

    def _catch_up(self) -> None:
        """Leaves behind what the server drew by itself meanwhile, so that its end is not taken for that of the next run."""
        with contextlib.suppress(TimeoutError):
            while True:
                self._socket.recv(timeout=0)

    def _asked(self) -> bytes:
        message = BackMsg()
        state = message.rerun_script
        state.query_string = self._query
        state.page_script_hash = self._page_hash
        state.cached_message_hashes.extend(self._held)
        state.widget_states.widgets.extend(self._widgets.values())
        return message.SerializeToString()

    def _see(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        if kind in _SHOWN:
            widget = getattr(element, kind)
            if widget.id not in self._widgets or widget.set_value:
                self._widgets[widget.id] = _state(widget.id, _SHOWN[kind](widget))
            if kind == "multiselect" and widget.label == "Catégorie":
                self._multiselect, self.offered = widget.id, list(widget.options)
        match kind:
            case "html":
                self.html += element.html.body
                self.offered = self.offered or _CHECKBOX.findall(element.html.body)
            case "exception":
                raise RuntimeError(f"the page failed: {element.exception.message}")
            case "deck_gl_json_chart":
                deck = json.loads(element.deck_gl_json_chart.json)
                layer = deck["layers"][0]
                data = layer.get("data")
                view = deck["initialViewState"]
                self._tiles = data if isinstance(data, str) else ""
                self._view = view["latitude"], view["longitude"], view["zoom"]
                self._tile_pixels = layer.get("tileSize", _WORLD_PIXELS)

    def _map_paths(self) -> list[str]:
        """The tiles a map shows, as deck.gl chooses them (EPSG:3857); none where the points came with the page."""
        if not re.search(r"\{z\}", self._tiles):
            return []
        latitude, longitude, zoom = self._view
        level = round(zoom + math.log2(_WORLD_PIXELS / self._tile_pixels))
        x = (longitude + 180) / 360
        y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
        half = _MAP_PIXELS / 2 / (_WORLD_PIXELS * 2**zoom)
        columns, rows = (range(int((at - half) * 2**level), int((at + half) * 2**level) + 1) for at in (x, y))
        return [
            self._tiles.replace("{z}", str(level)).replace("{x}", str(column)).replace("{y}", str(row))
            for column in columns
            for row in rows
        ]
