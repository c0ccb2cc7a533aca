"""A mail server on loopback that takes what it is given, or refuses as it is told."""

import base64
import socketserver
import ssl
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage


class MailServer(socketserver.ThreadingTCPServer):
    """Started on a free port; `close` ends it."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.answers: dict[str, str] = {}
        """By command (`MAIL`, `RCPT`, `DATA`, `.`, `AUTH`): what is answered instead of yes; `""` closes the connection."""
        self.login = ("", "")
        self.sessions = 0
        self.tls: ssl.SSLContext | None = None
        """What STARTTLS, or the first byte with `implicit`, is answered with; None: it is not known."""
        self.implicit = False
        self.envelopes: list[tuple[str, str]] = []
        self.contents: list[bytes] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def received(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=policy.default) for content in self.contents]  # type: ignore[arg-type,misc]

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Session(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.sessions += 1
        if self.server.implicit and not self._encrypted():
            return
        self._say("220 loopback ESMTP")
        sender = ""
        while line := self.rfile.readline():
            words = line.decode("ascii").strip()
            command = words[:4].upper()
            refused = self.server.answers.get(command)
            if refused is not None:
                if not refused:
                    return
                self._say(refused)
            elif command in ("EHLO", "HELO"):
                known = ["AUTH PLAIN"] * bool(self.server.login[0]) + ["STARTTLS"] * bool(self.server.tls)
                self._say("\r\n".join(["250-loopback", *(f"250-{one}" for one in known), "250 HELP"]))
            elif command == "STAR":
                self._say("220 go on")
                if not self._encrypted():
                    return
            elif command == "AUTH":
                _, user, password = base64.b64decode(words.split()[-1]).decode().split("\0")
                self._say("235 ok" if (user, password) == self.server.login else "535 no")
            elif command == "MAIL":
                sender = words
                self._say("250 ok")
            elif command == "RCPT":
                self.server.envelopes.append((sender, words))
                self._say("250 ok")
            elif command == "DATA":
                self._say("354 go on")
                content = b""
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    content += part.removeprefix(b".") if part.startswith(b"..") else part
                ended = self.server.answers.get(".")
                if ended == "":
                    return
                if ended is None:
                    self.server.contents.append(content)
                self._say(ended or "250 taken")
            elif command == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _encrypted(self) -> bool:
        assert self.server.tls is not None
        try:
            self.connection = self.server.tls.wrap_socket(self.request, server_side=True)
        except OSError:  # the other side does not trust us
            return False
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        return True

    def _say(self, answer: str) -> None:
        self.wfile.write(answer.encode() + b"\r\n")
