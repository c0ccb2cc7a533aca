"""A loopback stand-in for the national address API: answers CSV batches as it does, and fails on demand."""

import csv
import io
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RESULTS = ("longitude", "latitude", "result_score", "result_score_next", "result_label", "result_type", "result_status")
Row = dict[str, str]


def _plain(address: str) -> str:
    return " ".join(address.casefold().split())


class Geocoder:
    """Knows points by address; everything else gets a bad best guess, as the real one does."""

    def __init__(self) -> None:
        self.known: dict[str, Row] = {}
        self.asked: list[list[Row]] = []
        """The rows of each call."""
        self.fields: list[tuple[str, str]] = []
        """The other fields of the last call's form."""
        self.status = 200
        self.headers: dict[str, str] = {}
        self.spoil: Callable[[bytes], bytes] = lambda body: body
        self.pause_seconds = 0.0
        """Before it answers."""
        self.drip_seconds = 0.0
        """Between two bytes of the answer."""
        self.url = ""

    def knows(self, address: str, latitude: float, longitude: float, score: float = 0.95, kind: str = "housenumber") -> None:
        self.known[_plain(address)] = {
            "latitude": str(latitude),
            "longitude": str(longitude),
            "result_score": str(score),
            "result_type": kind,
            "result_status": "ok",
        }

    @property
    def addresses(self) -> list[str]:
        """Every address of every call, sorted."""
        return sorted(row["adresse"] for call in self.asked for row in call)

    def answer(self, body: bytes) -> bytes:
        rows = list(csv.DictReader(io.StringIO(body.decode())))
        self.asked.append(rows)
        text = io.StringIO()
        writer = csv.DictWriter(text, (*rows[0], *RESULTS))
        writer.writeheader()
        guess = {
            "latitude": "47.4736",
            "longitude": "-0.5516",
            "result_score": "0.31",
            "result_type": "street",
            "result_status": "ok",
        }
        writer.writerows(row | self.known.get(_plain(row["adresse"]), guess) for row in rows)
        return text.getvalue().encode()


@contextmanager
def geocoder() -> Iterator[Geocoder]:
    service = Geocoder()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            form = BytesParser(EmailMessage).parsebytes(
                f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode() + content
            )
            parts = {}
            service.fields = []
            for part in form.get_payload():
                name = part.get_param("name", header="content-disposition")
                parts[name] = part.get_payload(decode=True)
                if name != "data":
                    service.fields.append((name, parts[name].decode()))
            body = service.spoil(service.answer(parts["data"]) if self.path == "/geocodage/search/csv/" else b"")
            time.sleep(service.pause_seconds)
            self.send_response(service.status if self.path == "/geocodage/search/csv/" else 404)
            for header, value in ({"Content-Length": str(len(body))} | service.headers).items():
                self.send_header(header, value)
            self.end_headers()
            if not service.drip_seconds:
                self.wfile.write(body)
                return
            with suppress(OSError):  # the other side hangs up
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    time.sleep(service.drip_seconds)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    service.url = f"http://127.0.0.1:{server.server_port}/geocodage"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
