"""Files that are there whole or as they were before, whenever the machine stops."""

import contextlib
import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

SCRAP_SECONDS = 60.0
"""No file takes so long to write."""


def sweep(folder: Path, scraps: str) -> None:
    """Takes away the files of this pattern that a process killed here left half written. Not what another may be writing now."""
    for scrap in folder.glob(scraps):
        with contextlib.suppress(FileNotFoundError):
            if abs(datetime.now().timestamp() - scrap.stat().st_mtime) > SCRAP_SECONDS:
                scrap.unlink()


def replace(path: Path, content: bytes, may: Callable[[], object] = lambda: None) -> os.stat_result:
    """The file, all of it or as it was before, whenever the machine stops. A link stays a link; rights stay as they were. Gives what `stat` says of it.

    `may` is asked last, once the new content is on the disk: where it raises, the file stays as it is.
    """
    target = path.resolve()
    number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
            written = os.fstat(file.fileno())
        may()
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return written
