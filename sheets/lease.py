"""One writer at a time in one store: whoever comes second stands by, and takes over when the first is gone.

No store of fsspec's has a lock, and machines' clocks differ. So the writer changes one small file at each beat; another process takes it
over once it has *seen* it unchanged for `SECONDS` of its own clock, or at once where the writer's process is known to have ended.
"""

import json
import logging
import os
import secrets
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from sheets.snapshot import Store

log = logging.getLogger("conso.lease")

FILE = "ecrivain.json"
SECONDS = 90.0
"""A writer that was not heard of for so long is gone."""
BEAT = 20.0
SETTLE = 0.3
"""Of two that claim at the same moment, the later to write wins: each looks again after this."""


@dataclass(frozen=True)
class Writer:
    """A process, as others may know whether it has ended."""

    id: str
    host: str
    pid: int
    machine: str
    """What tells one machine's (and container's) process numbers from another's; `""` where that cannot be told."""
    began: str

    def name(self) -> str:
        return f"{self.host}, processus {self.pid}"

    def has_ended(self) -> bool:
        """True where it ran here and does no more; False where nobody can say."""
        return bool(self.machine) and self.machine == _machine() and self.began != _began(self.pid)


class Lease:
    """One process's claim to write."""

    def __init__(self, store: Store, seconds: float = SECONDS, beat: float = BEAT, settle: float = SETTLE):
        self._store, self._seconds, self._beat, self._settle = store, seconds, beat, settle
        pid = os.getpid()
        self._me = Writer(secrets.token_hex(8), socket.gethostname(), pid, _machine(), _began(pid))
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._beats = 0
        self._held_at = float("-inf")
        """When this process last wrote that it holds it; its own monotonic clock."""
        self._seen: tuple[bytes, float] = (b"", 0.0)
        """Another's last sign of life, and since when it has not changed."""

    def start(self) -> None:
        """Claims, then beats in a thread of its own until `stop`."""
        self._claim_or_tell()
        threading.Thread(target=self._keep, name="conso-lease", daemon=True).start()

    def stop(self) -> None:
        """Lets the next one in at once."""
        self._ended.set()
        with self._lock:
            try:
                if self._held_at > float("-inf"):
                    self._store.put(FILE, b"{}")
            except OSError as error:
                log.warning("bail non rendu : %s", error)

    def other(self) -> str | None:
        """Who writes instead of this process; None where this one may. Raises OSError where the store does not answer."""
        if time.monotonic() - self._held_at < self._seconds / 2:
            return None
        return self.claim()

    def doubt(self) -> None:
        """Something was written that this process did not write: whose turn it is must be asked again."""
        self._held_at = float("-inf")

    def claim(self) -> str | None:
        """Takes the lease where it is free, keeps it where it is ours; else says who has it. Raises OSError."""
        with self._lock:
            content = self._store.get(FILE) or b""
            holder = _parsed(content)
            if holder is None or holder.has_ended() or holder.id == self._me.id or self._is_silent(content):
                self._write()
                if holder is None or holder.id != self._me.id:
                    self._ended.wait(self._settle)
                    holder = _parsed(self._store.get(FILE) or b"")
                    if holder is not None and holder.id != self._me.id:
                        self.doubt()
                        return holder.name()
                return None
            self.doubt()
            return holder.name()

    def _is_silent(self, content: bytes) -> bool:
        now = time.monotonic()
        if content != self._seen[0]:
            self._seen = content, now
        return now - self._seen[1] >= self._seconds

    def _write(self) -> None:
        self._beats += 1
        self._store.put(FILE, json.dumps({**vars(self._me), "beat": self._beats}).encode())
        self._held_at = time.monotonic()

    def _keep(self) -> None:
        while not self._ended.wait(self._beat):
            self._claim_or_tell()

    def _claim_or_tell(self) -> None:
        try:
            self.claim()
        except OSError as error:
            log.warning("le stockage ne répond pas : %s", error)


def _parsed(content: bytes) -> Writer | None:
    try:
        found = json.loads(content)
        return Writer(str(found["id"]), str(found["host"]), int(found["pid"]), str(found["machine"]), str(found["began"]))
    except (ValueError, KeyError, TypeError):
        return None


def _machine() -> str:
    try:
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()} {os.stat('/proc/self/ns/pid').st_ino}"
    except OSError:
        return ""


def _began(pid: int) -> str:
    """When that process began, in ticks since the machine did (proc(5): field 22 of stat); `""` where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
