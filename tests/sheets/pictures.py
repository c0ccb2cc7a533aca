"""A loopback site of pictures, hostile on demand, and pictures to put there."""

import io
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from PIL import Image

from sheets.fetching import Fetcher, is_public

HOST, INSIDE = "photos.example.org", "intranet.example.org"
"""Names of this site, and of a machine that only the server's own network knows."""


def _resolve(host: str, port: int) -> Sequence[str]:
    found = {HOST: "127.0.0.1", INSIDE: "10.0.0.7"}.get(host, host)
    if not found.replace(".", "").isdecimal():
        raise OSError(f"no network here: {host}")
    return [found]


@dataclass
class Page:
    """What is answered at one path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    """Announced; None: what it is."""
    drip_seconds: float = 0.0
    """Between two bytes, headers included."""


class PictureSite:
    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, str]] = []
        """Host and path of each request."""
        self.headers: list[Mapping[str, str]] = []
        self.named: list[str | None] = []
        """The names that were asked for as a TLS connection began."""
        self.port = 0

    def url(self, path: str, host: str = HOST) -> str:
        return f"http://{host}:{self.port}{path}"

    def fetcher(self) -> Fetcher:
        """Finds this site under its name, and no other: tests go nowhere else."""
        return Fetcher(lambda ip: ip == "127.0.0.1" or is_public(ip), (80, 443, self.port), _resolve)

    def has(self, path: str, body: bytes, **more: Any) -> str:
        self.pages[path] = Page(body, **more)
        return self.url(path)

    def sends_to(self, path: str, location: str, status: int = 302) -> str:
        return self.has(path, b"", status=status, headers={"Location": location})


@contextmanager
def picture_site(certificate: Path | None = None) -> Iterator[PictureSite]:
    """Speaks TLS where a certificate is given, with its key."""
    site = PictureSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.headers["Host"], self.path))
            site.headers.append(dict(self.headers))
            page = site.pages.get(self.path, Page(status=404))
            length = len(page.body) if page.length is None else page.length
            lines = [f"HTTP/1.1 {page.status} .", *(f"{name}: {value}" for name, value in page.headers.items())]
            if length >= 0:
                lines.append(f"Content-Length: {length}")
            content = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + page.body
            with suppress(OSError):  # the other side hangs up
                if not page.drip_seconds:
                    self.wfile.write(content)
                    return
                for byte in content:
                    self.wfile.write(bytes([byte]))
                    time.sleep(page.drip_seconds)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # the other side hangs up
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda line, name, _: site.named.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    site.port = server.server_port
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()


def picture(width: int = 640, height: int = 480, kind: str = "JPEG", color: str = "#cc3311", **saving: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, kind, **saving)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image
