"""The log: lines for people, or one JSON object a line; every line of a request carries its id."""

import json
import logging
import os
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from settings import WrongSetting

REQUEST: ContextVar[str] = ContextVar("request", default="")
"""The id of the request that is being answered here; `""` outside of one."""
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def to_stderr(environ: Mapping[str, str] = os.environ) -> None:
    """Sends our lines there, as CONSO_LOG_FORMAT (text, json) and CONSO_LOG_LEVEL say. Raises WrongSetting."""
    chosen = {name: environ.get(name, "").strip() for name in ("CONSO_LOG_FORMAT", "CONSO_LOG_LEVEL")}
    form, level = chosen["CONSO_LOG_FORMAT"] or "text", chosen["CONSO_LOG_LEVEL"].upper() or "INFO"
    if form not in ("text", "json"):
        raise WrongSetting(f"CONSO_LOG_FORMAT = {form} : attendu text ou json.")
    if level not in LEVELS:
        raise WrongSetting(f"CONSO_LOG_LEVEL = {chosen['CONSO_LOG_LEVEL']} : attendu {', '.join(LEVELS[:-1])} ou {LEVELS[-1]}.")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AsJson() if form == "json" else AsText())
    logger = logging.getLogger("conso")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(level)
    if form == "json":  # what libraries complain of is read by the same machine
        logging.getLogger().handlers = [handler]
    # A line for each request is for a machine that reads the log; people are told of what failed or was slow.
    logging.getLogger("conso.requests").setLevel(logging.NOTSET if form == "json" or level == "DEBUG" else logging.WARNING)


class AsText(logging.Formatter):
    """e.g. `2026-11-24 10:12:00,123 conso.sync INFO [5f2c] sync : 51 lignes, …`"""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(name)s %(levelname)s %(request)s%(message)s")

    def format(self, record: logging.LogRecord) -> str:
        request = REQUEST.get()
        record.request = f"[{request}] " if request else ""
        return super().format(record)


class AsJson(logging.Formatter):
    """One object a line: `at` (ISO 8601), `level`, `logger`, `message`, then `request`, what the line gives as `facts`, and `error` where there are."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := REQUEST.get():
            line["request"] = request
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
