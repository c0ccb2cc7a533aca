"""No test goes further than this machine: names of other sites do not resolve here, whatever the machine's own network."""

import socket
from collections.abc import Sequence

import pytest

from sheets import fetching


def _numbers_alone(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    return [str(each[4][0]) for each in found]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "resolve", _numbers_alone)
