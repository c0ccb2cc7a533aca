"""Ports for the processes that trials start."""

import random
import socket

_ANY = random.SystemRandom()


def free_port() -> int:
    """Free on this machine, and below those that Linux gives to outgoing connections: a browser at work beside takes none of them before it is used."""
    while True:
        port = _ANY.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
