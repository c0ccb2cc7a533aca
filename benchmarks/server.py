"""A server under measure: its process, its processor time, its memory."""

import http.client
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
SLOWEST_START = 180.0
"""Seconds."""


class Server:
    """One process that answers on a port of 127.0.0.1."""

    def __init__(self, process: subprocess.Popen[bytes], port: int):
        self.port = port
        self._process = process

    def cpu_seconds(self) -> float:
        """User and system time since its start (proc(5): fields 14 and 15 of stat)."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def rss_mb(self, peak: bool = False) -> float:
        """Resident memory now, or at its highest."""
        name = "VmHWM:" if peak else "VmRSS:"
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1]) / 1024

    def metric(self, name: str) -> float:
        """One of `/metrics`, where the site was told to answer there."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        return float(next(line for line in lines if line.startswith(f"{name} ")).split()[1])

    def rest(self) -> None:
        """Waits until what a start leaves to do, such as packing the static files, is done: no visitor's question costs it."""
        limit = time.monotonic() + SLOWEST_START
        while time.monotonic() < limit:
            before = self.cpu_seconds()
            time.sleep(0.5)
            if self.cpu_seconds() - before < 0.03:
                return

    def answers(self, path: str) -> bool:
        """True for a 200; raises RuntimeError where the process has ended."""
        if self._process.poll() is not None:
            raise RuntimeError(f"the server ended with status {self._process.returncode}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@contextmanager
def running(command: Sequence[str], ready: str, environment: Mapping[str, str], log: Path) -> Iterator[Server]:
    """The command, from the moment `ready` answers 200 to the end of the block. `{port}` in it is replaced."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [part.replace("{port}", str(port)) for part in command],
            cwd=log.parent,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        server = Server(process, port)
        limit = time.monotonic() + SLOWEST_START
        while not server.answers(ready):
            if time.monotonic() > limit:
                raise TimeoutError(f"{command[:4]} does not answer: see {log}")
            time.sleep(0.2)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
