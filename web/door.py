"""The way into `/feuille`: one key, printed at start, kept hashed, exchanged for a cookie at the first visit."""

import hashlib
import hmac
import secrets

COOKIE = "feuille"


class Door:
    """Closed where there is no embedded sheet."""

    def __init__(self, key: str | None, exists: bool):
        self.key = (key or secrets.token_urlsafe(24)) if exists else None
        """For `make run` to print, and for nobody else."""
        self._hash = hashlib.blake2b((self.key or secrets.token_hex()).encode(), digest_size=32).digest()
        self._cookie = hmac.new(self._hash, b"cookie", "sha256").hexdigest()

    def fits(self, key: str) -> bool:
        """True for the key; compared in constant time."""
        return self.key is not None and hmac.compare_digest(hashlib.blake2b(key.encode(), digest_size=32).digest(), self._hash)

    def admits(self, cookie: str) -> bool:
        """True for the cookie given in exchange for the key."""
        return self.key is not None and hmac.compare_digest(cookie.encode(), self._cookie.encode())

    def cookie(self, secure: bool) -> str:
        """The Set-Cookie header of the first visit."""
        return f"{COOKIE}={self._cookie}; Path=/; HttpOnly; SameSite=Strict{'; Secure' if secure else ''}"
