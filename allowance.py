"""How much one visitor may hand in within an hour, without knowing who it is."""

import hashlib
import ipaddress
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Mapping

HOUR = 3600.0
MOST_NAMES = 5000
"""Names remembered at once, some hundred bytes each; beyond, the one that has been quiet longest is forgotten."""


class Allowance:
    """Counts by name. Names are kept for an hour, as digests under a key that dies with the process, never in clear. Any thread may ask."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)
        self._times: OrderedDict[bytes, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def takes(self, most: Mapping[str, int], now: float | None = None) -> bool:
        """Counts one against every name of `most`; False, and nothing counted, where one of them has had its number.

        `now`: seconds of a clock that never goes back.
        """
        now = time.monotonic() if now is None else now
        digests = {self._digest(name): number for name, number in most.items()}
        with self._lock:
            while self._times and now - next(iter(self._times.values()))[-1] > HOUR:
                self._times.popitem(last=False)
            for digest, number in digests.items():
                if sum(now - moment <= HOUR for moment in self._times.get(digest, ())) >= number:
                    return False
            for digest, number in digests.items():
                times = self._times.setdefault(digest, deque())
                times.append(now)
                while len(times) > number:
                    times.popleft()
                self._times.move_to_end(digest)
            while len(self._times) > MOST_NAMES:
                self._times.popitem(last=False)
        return True

    def _digest(self, name: str) -> bytes:
        return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16, key=self._key).digest()


def household(address: str) -> str:
    """What counts as one visitor: an IPv4 address, or the 64 bits of an IPv6 network that a provider gives to one household."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed), 64), strict=False))


def is_local(household: str) -> bool:
    """True for this machine's own addresses, as `household` gives them."""
    return household.startswith("127.") or household == "::/64"
