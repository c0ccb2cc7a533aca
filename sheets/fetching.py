"""One file from a public site, within bounds: never from a private address, whatever a name resolves to and wherever a redirection leads.

Why it is done here rather than by a library: `docs/decisions/0017-photos.md`.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from urllib.parse import SplitResult, quote, urljoin, urlsplit

LARGEST = 8_000_000
"""Bytes."""
SECONDS = 10.0
"""For everything: names, redirections, the last byte."""
REDIRECTIONS = 5
_PORTS = (80, 443)
_CONNECT_SECONDS = 4.0
_ADDRESSES = 4
"""Of one host, that are tried in turn."""
_HEADERS = {
    "User-Agent": "Conso-locale (annuaire de commerces locaux)",
    "Accept": "image/jpeg, image/png, image/webp, image/gif, image/avif",
    "Accept-Encoding": "identity",
    "Connection": "close",
}
_REDIRECTS = (301, 302, 303, 307, 308)
_NAT64, _GLOBAL_IPV6 = ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("2000::/3")


class NotFetched(Exception):
    """Nothing came. The message is French, for who wrote the address."""

    def __init__(self, message: str, lasting: bool = True):
        super().__init__(message)
        self.lasting = lasting
        """False where the very same address may answer in a moment: network, or the other site, down."""


class Forbidden(NotFetched):
    """An address that is never asked, however often it stands in the sheet."""


def is_public(address: str) -> bool:
    """True for the IP address of a machine that anybody on the Internet may talk to."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # e.g. `fe80::1%eth0`
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        if inside is not None:
            return is_public(str(inside))
        if ip not in _GLOBAL_IPV6:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def resolve(host: str, port: int) -> Sequence[str]:
    """Every IP address of a host, decimal and octal spellings included. Raises OSError, UnicodeError."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


class Fetcher:
    """Fetches from public addresses. What tests alone need, a loopback server and names of their own, is given here and is no setting."""

    def __init__(
        self,
        allowed: Callable[[str], bool] = is_public,
        ports: Collection[int] = _PORTS,
        resolving: Callable[[str, int], Sequence[str]] | None = None,
    ):
        self._allowed, self._ports, self._resolve = allowed, ports, resolving

    def get(self, url: str, until: float) -> bytes:
        """The body at this address, by that `time.monotonic()` at the latest. Raises NotFetched."""
        for _ in range(REDIRECTIONS + 1):
            parts = self._checked(url)
            connection = _Connection(parts, self._addresses(parts), until)
            try:
                body, url = _answer(connection, parts)
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise _said(error, connection.late) from error
            finally:
                connection.close()
            if body is not None:
                return body
        raise NotFetched(f"trop de redirections : {REDIRECTIONS} au plus")

    def _checked(self, url: str) -> SplitResult:
        try:
            parts = urlsplit(url)
            port = parts.port or _default_port(parts)
        except ValueError:
            raise NotFetched("cette adresse est mal écrite") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Forbidden("une adresse http ou https est attendue")
        if parts.username is not None or parts.password is not None:
            raise Forbidden("une adresse sans identifiant ni mot de passe est attendue")
        if port not in self._ports:
            raise Forbidden("cette adresse ne mène pas à un site public")
        return parts

    def _addresses(self, parts: SplitResult) -> Sequence[str]:
        """The IP addresses to connect to. One that is not public among them forbids the host: it would be reached in the end."""
        host = parts.hostname or ""
        try:
            found = (self._resolve or resolve)(host, parts.port or _default_port(parts))
        except (OSError, UnicodeError):
            raise NotFetched("ce site est introuvable", lasting=False) from None
        if not found or not all(map(self._allowed, found)):
            raise Forbidden("cette adresse ne mène pas à un site public")
        return found[:_ADDRESSES]


class _Connection(http.client.HTTPConnection):
    """To one of the addresses that were checked, under the host's own name, and cut off at a given time whatever is under way."""

    def __init__(self, parts: SplitResult, addresses: Sequence[str], until: float):
        super().__init__(parts.hostname or "", parts.port or _default_port(parts), timeout=_CONNECT_SECONDS)
        self.default_port = _default_port(parts)  # the Host header names the port only where it is another
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._addresses, self._until = addresses, until
        self._line: socket.socket | None = None
        self._end: threading.Timer | None = None
        self.late = False
        """True once the time was up."""

    def connect(self) -> None:
        bare = self._reach()
        self._line = bare.dup()  # wrapping empties the first one; the connection is cut by either
        self._end = threading.Timer(max(0.0, self._until - time.monotonic()), self._cut)
        self._end.daemon = True
        self._end.start()
        self.sock = self._tls.wrap_socket(bare, server_hostname=self.host) if self._tls else bare

    def _reach(self) -> socket.socket:
        failure: OSError = TimeoutError()
        for address in self._addresses:
            left = self._until - time.monotonic()
            if left <= 0:
                break
            try:
                return socket.create_connection((address, self.port), min(_CONNECT_SECONDS, left))
            except OSError as error:
                failure = error
        raise failure

    def _cut(self) -> None:
        self.late = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        super().close()
        if self._end is not None and self._line is not None:
            self._end.cancel()
            self._line.close()


def _answer(connection: _Connection, parts: SplitResult) -> tuple[bytes | None, str]:
    """The body; or None and the address that is said to have it."""
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
    connection.request("GET", target + query, headers=_HEADERS)
    response = connection.getresponse()
    if response.status in _REDIRECTS and (location := response.headers.get("Location")):
        return None, urljoin(parts.geturl(), location.encode("latin-1", "replace").decode("utf-8", "replace"))
    if response.status != 200:
        lasting = response.status < 500 and response.status not in (408, 425, 429)
        raise NotFetched(f"la photo ne s'ouvre pas ({response.status})", lasting)
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > LARGEST:
        raise NotFetched(f"trop grande : {int(length) // 1_000_000} Mo, {LARGEST // 1_000_000} au plus")
    body = response.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise NotFetched(f"trop grande : plus de {LARGEST // 1_000_000} Mo")
    if connection.late or (length.isdecimal() and len(body) < int(length)):
        raise http.client.IncompleteRead(body)
    return body, ""


def _said(error: Exception, late: bool) -> NotFetched:
    if late or isinstance(error, TimeoutError):
        return NotFetched(f"la photo ne vient pas en {SECONDS:.0f} secondes", lasting=False)
    if isinstance(error, ssl.SSLCertVerificationError):
        return NotFetched("le certificat de ce site n'est pas valable", lasting=False)
    return NotFetched("ce site ne répond pas", lasting=False)


def _default_port(parts: SplitResult) -> int:
    return 80 if parts.scheme == "http" else 443
