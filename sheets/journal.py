"""What was answered «merci» and is not in the workbook yet: one line each, on the disk before the answer leaves."""

import contextlib
import fcntl
import json
import logging
import os
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from fields import Cell

log = logging.getLogger("conso.workbook")


@dataclass(frozen=True)
class Entry:
    """One submission, or one change of lines already there. Private: never logged."""

    id: str
    tab: str
    values: Mapping[str, Cell]
    """By header."""
    match: Mapping[str, Cell] | None = None
    """None: a new line. Else the lines to change: those whose cells are all equal to these."""


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """One holder at a time, across threads and processes. A process that dies lets go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


class Journal:
    """Entries in the order they came. Safe between processes; raises OSError where the disk refuses."""

    def __init__(self, path: Path):
        self._path = path
        self._lock = path.with_suffix(".lock")

    def append(self, tab: str, values: Mapping[str, Cell], match: Mapping[str, Cell] | None = None) -> Entry:
        """Returns once the entry is on the disk."""
        entry = Entry(secrets.token_hex(8), tab, dict(values), None if match is None else dict(match))
        with locked(self._lock):
            new = not self._path.exists()
            number = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            with os.fdopen(number, "r+b", buffering=0) as file:
                size = file.seek(0, os.SEEK_END)
                try:
                    _write(file.fileno(), _break_after_torn_line(file.fileno(), size) + _line(entry))
                    os.fsync(number)
                except OSError:
                    os.ftruncate(number, size)
                    raise
            if new:
                _sync_folder(self._path.parent)
        return entry

    def entries(self) -> list[Entry]:
        """Every entry that can be read; a line torn by a stop in the middle of its writing was never answered «merci»."""
        return [entry for _, entry in self._lines() if entry is not None]

    def forget(self, ids: Collection[str]) -> None:
        """Takes out entries that are in the workbook now. Torn lines are put aside, beside the journal."""
        with locked(self._lock):
            lines = self._lines()
            torn = [line for line, entry in lines if entry is None]
            if torn:
                log.warning("%d unreadable line(s) of %s put aside", len(torn), self._path.name)
                with self._path.with_suffix(".illisible").open("ab") as aside:
                    aside.write(b"\n".join(torn) + b"\n")
            self._rewrite([line for line, entry in lines if entry is not None and entry.id not in ids])

    def bring_forward(self, ids: Collection[str]) -> None:
        """Puts these entries before all others, in the order they have."""
        with locked(self._lock):
            lines = sorted(self._lines(), key=lambda item: item[1] is None or item[1].id not in ids)
            self._rewrite([line for line, _ in lines])

    def _lines(self) -> list[tuple[bytes, Entry | None]]:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return []
        return [(line, _entry(line)) for line in content.split(b"\n") if line.strip()]

    def _rewrite(self, lines: list[bytes]) -> None:
        new = self._path.with_suffix(".new")
        number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            _write(number, b"".join(line + b"\n" for line in lines))
            os.fsync(number)
        finally:
            os.close(number)
        os.replace(new, self._path)
        _sync_folder(self._path.parent)


def _line(entry: Entry) -> bytes:
    return json.dumps(asdict(entry)).encode() + b"\n"


def _entry(line: bytes) -> Entry | None:
    try:
        return Entry(**json.loads(line))
    except (TypeError, ValueError):
        return None


def _break_after_torn_line(number: int, size: int) -> bytes:
    return b"\n" if size and os.pread(number, 1, size - 1) != b"\n" else b""


def _write(number: int, content: bytes) -> None:
    while content:
        content = content[os.write(number, content) :]


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
