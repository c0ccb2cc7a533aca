"""How a message leaves: as a file in a folder, or by SMTP."""

import contextlib
import hashlib
import logging
import os
import re
import smtplib
import ssl
from collections.abc import Iterable, Iterator
from email.generator import BytesGenerator
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Protocol

from settings import Smtp

log = logging.getLogger("conso.outbox")

TIMEOUT_SECONDS = 20.0
CLOSING = 421
"""SMTP's answer of a server that will hear no more."""


# Undelivered
# ├── Unavailable       nothing can leave for now: wait, and try all again
# ├── Declined          this message was refused and did not leave
# └── Doubtful          the other side fell silent in the middle: it may have left, and is not sent again


class Undelivered(Exception):
    """The message is French, for the log, without any address."""


class Unavailable(Undelivered):
    pass


class Declined(Undelivered):
    pass


class Doubtful(Undelivered):
    pass


class Delivery(Protocol):
    def opened(self) -> contextlib.AbstractContextManager["Delivery"]:
        """Ready for several messages. Raises Unavailable."""
        ...

    def deliver(self, message: EmailMessage, name: str) -> None:
        """`name`: of a file, without suffix. Raises Undelivered."""
        ...

    def keep(self, merchants: Iterable[str]) -> None:
        """Takes back what has not left yet for others than these (see `merchant_of`)."""
        ...


def merchant_of(known_as: tuple[str, str], account: str) -> str:
    """The part of a file's name that says whose it is, to us alone."""
    return hashlib.blake2b(f"{account}{known_as[0]}".encode(), digest_size=6).hexdigest()


_OURS = re.compile(r"\d{4}-\d\d-\d\d_[a-z-]+_([0-9a-f]{12})")
"""E.g. `2026-11-24_en-ligne_0123456789ab`."""


class Folder:
    """Files that a mail program opens as drafts, for a team without a mail server. What a merchant withdrew is deleted here too."""

    def __init__(self, folder: Path):
        self.folder = folder

    @contextlib.contextmanager
    def opened(self) -> Iterator["Folder"]:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.suppress(OSError):
                for left in self.folder.glob("*.new"):
                    left.unlink()
        except OSError as error:
            raise self._unavailable(error) from error
        yield self

    def deliver(self, message: EmailMessage, name: str) -> None:
        message["X-Unsent"] = "1"
        path = self.folder / f"{name}.eml"
        new = path.with_suffix(".new")
        try:
            number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(number, "wb") as file:
                file.write(as_bytes(message))
                file.flush()
                os.fsync(number)
            os.replace(new, path)
        except OSError as error:
            raise self._unavailable(error) from error

    def keep(self, merchants: Iterable[str]) -> None:
        with contextlib.suppress(OSError):
            waiting = [(path, ours[1]) for path in self.folder.glob("*.eml") if (ours := _OURS.fullmatch(path.stem))]
            kept = frozenset(merchants) if waiting else frozenset()
            for path, merchant in waiting:
                if merchant not in kept:
                    path.unlink()

    def _unavailable(self, error: OSError) -> Unavailable:
        return Unavailable(
            f"le dossier {self.folder} ne peut pas être écrit ({error.strerror}) : rendez-le accessible en écriture, ou faites-y de la place"
        )


class Server:
    """A mail server, by SMTP."""

    def __init__(self, smtp: Smtp):
        self._smtp = smtp
        self._session: smtplib.SMTP | None = None

    @contextlib.contextmanager
    def opened(self) -> Iterator["Server"]:
        wanted = self._smtp
        try:
            session = self._connected()
        except smtplib.SMTPAuthenticationError as error:
            raise Unavailable(f"{wanted.host} refuse [smtp] user ou password (réponse {error.smtp_code})") from error
        except smtplib.SMTPNotSupportedError as error:
            raise Unavailable(
                f"{wanted.host} ne connaît pas ce que demande [smtp] security = {wanted.security}, ou user"
            ) from error
        except ssl.SSLError as error:
            raise Unavailable(
                f"la connexion chiffrée à {wanted.host} échoue ({error.reason or 'TLS'}) : voyez [smtp] security et port"
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(
                f"{wanted.host}:{wanted.port} ne répond pas comme un serveur de courrier ({_said(error)})"
            ) from error
        try:
            self._session = session
            yield self
        finally:
            self._session = None
            with contextlib.suppress(OSError, smtplib.SMTPException):
                session.quit()
            session.close()

    def _connected(self) -> smtplib.SMTP:
        wanted = self._smtp
        context = ssl.create_default_context()
        session: smtplib.SMTP
        if wanted.security == "ssl":
            session = smtplib.SMTP_SSL(wanted.host, wanted.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            session = smtplib.SMTP(wanted.host, wanted.port, timeout=TIMEOUT_SECONDS)
        try:
            if wanted.security == "starttls":
                session.starttls(context=context)
            session.ehlo_or_helo_if_needed()
            if wanted.user:
                session.login(wanted.user, wanted.password)
        except BaseException:
            session.close()
            raise
        return session

    def deliver(self, message: EmailMessage, name: str) -> None:
        session = self._session
        if session is None:
            raise Unavailable("la connexion est fermée")
        to = message["To"].addresses[0].addr_spec
        try:
            self._accepted(session, session.mail(self._smtp.sender)[0], Unavailable)
            self._accepted(session, session.rcpt(to)[0], Declined)
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(f"{self._smtp.host} ne répond plus ({_said(error)})") from error
        try:
            code = session.data(as_bytes(message))[0]
        except smtplib.SMTPDataError as error:  # before a word of it was sent
            code = error.smtp_code
        except (OSError, smtplib.SMTPException) as error:
            raise Doubtful(f"{self._smtp.host} s'est tu pendant l'envoi ({_said(error)})") from error
        self._accepted(session, code, Declined)

    def _accepted(self, session: smtplib.SMTP, code: int, refused: type[Undelivered]) -> None:
        if code == CLOSING:
            raise Unavailable(f"{self._smtp.host} ferme la connexion (réponse {code})")
        if code >= 400:
            session.rset()
            raise refused(f"{self._smtp.host} refuse (réponse {code})")

    def keep(self, merchants: Iterable[str]) -> None:
        """Nothing waits here."""


def as_bytes(message: EmailMessage) -> bytes:
    """As it travels, with CRLF."""
    content = BytesIO()
    BytesGenerator(content, policy=message.policy).flatten(message)
    return content.getvalue()


def _said(error: Exception) -> str:
    """The kind of error and its code: a server's own words may repeat an address."""
    code = getattr(error, "smtp_code", None)
    return (
        f"réponse {code}"
        if code
        else (error.strerror or type(error).__name__)
        if isinstance(error, OSError)
        else type(error).__name__
    )
