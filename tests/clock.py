"""`python -m tests.clock [--secrets FILE] CLOCK run app.py`: Streamlit in a process where our own modules read the clock of a file; that of compiled libraries cannot be moved.

The file holds a moment, e.g. `2026-11-24T10:20:00+01:00`: it is that time when the file is written, and time passes from there.
"""

import argparse
import runpy
import sys
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from pathlib import Path

real = datetime
ROOMS = ("annuaire", "fields", "schema", "sheets", "ui", "web")


def write(path: Path, moment: str) -> None:
    """In one step: the other process never reads half a moment."""
    new = path.with_suffix(".new")
    new.write_text(moment, encoding="utf-8")
    new.replace(path)


@lru_cache(maxsize=1)
def _ahead(path: Path, written: float) -> timedelta:
    return real.fromisoformat(path.read_text("utf-8")) - real.fromtimestamp(written, UTC)


class _AnyMoment(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, real)


class Moved(real, metaclass=_AnyMoment):
    path: Path

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return real.now(tz) + _ahead(cls.path, cls.path.stat().st_mtime)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.clock", description=__doc__)
    parser.add_argument("clock", type=Path)
    parser.add_argument("--secrets", type=Path, help="read in the place of .streamlit/secrets.toml")
    parser.add_argument("streamlit", nargs=argparse.REMAINDER)
    asked = parser.parse_args()
    import settings
    import sheets.counter
    import sheets.outbox
    import sheets.reports  # noqa: F401
    import web  # noqa: F401

    Moved.path = asked.clock
    for module in [module for name, module in sys.modules.items() if name.partition(".")[0] in ROOMS]:
        if getattr(module, "datetime", None) is real:
            module.datetime = Moved  # type: ignore[attr-defined]
    if asked.secrets:
        settings.load.__defaults__ = (settings.os.environ, asked.secrets)
    sys.argv = ["streamlit", *asked.streamlit]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
