"""Private links of merchants on the embedded sheet: the one shown once after «Merci», and those that messages carry later.

The sheet keeps a digest of the first. A later one is that digest, signed with a key that lies beside the workbook's journal: it can be
written again at any time, and neither the sheet nor the store is enough to make it.
"""

import hashlib
import hmac
import logging
import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

log = logging.getLogger("conso.counter")

_SIGNATURE = 16
"""Bytes."""
_WHOLE = 64
"""Characters of a signed link: 32 bytes of digest and 16 of signature, in base64. The first kind has 32."""


def token_digest(token: str) -> str:
    """What the sheet keeps of a private link: enough to know it again, not to make it."""
    return hashlib.sha256(token.encode()).hexdigest()


class PrivateLinks:
    """The links of one workbook. The key is made at the first message that needs one."""

    def __init__(self, key: Path):
        self._path = key
        self._key = b""

    def digest(self, token: str) -> str:
        """What the line behind this token has in its column «lien»; the digest of nothing in the sheet for a token that is not ours."""
        try:
            raw = urlsafe_b64decode(token) if len(token) == _WHOLE and self._path.exists() else b""
            if raw and hmac.compare_digest(raw[-_SIGNATURE:], self._signature(raw[:-_SIGNATURE])):
                return raw[:-_SIGNATURE].hex()
        except ValueError:
            pass  # no base64
        except OSError as error:
            log.warning("la clé des liens privés %s n'est pas lisible : %s", self._path, error.strerror)
        return token_digest(token)

    def signed(self, digest: str) -> str:
        """A token for the line that has this digest. Raises OSError where the key cannot be kept; ValueError where it is no digest."""
        raw = bytes.fromhex(digest)
        if len(raw) != hashlib.sha256().digest_size:
            raise ValueError("a SHA-256 digest is needed")
        return urlsafe_b64encode(raw + self._signature(raw)).decode()

    def new_digest(self, line: str) -> str:
        """The digest for a line that has none yet, equal each time for one `line`. No token but a signed one opens it."""
        return hmac.digest(self._read(), b"line:" + line.encode(), "sha256").hex()

    def _signature(self, raw: bytes) -> bytes:
        return hmac.digest(self._read(), b"link:" + raw, "sha256")[:_SIGNATURE]

    def _read(self) -> bytes:
        if not self._key:
            try:
                self._key = self._path.read_bytes()
            except FileNotFoundError:
                self._key = self._make()
        return self._key

    def _make(self) -> bytes:
        """Of two processes at once, both have the key of the first."""
        new = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}.new")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(number)
            os.link(new, self._path)
        except FileExistsError:
            pass
        finally:
            new.unlink(missing_ok=True)
        return self._path.read_bytes()
