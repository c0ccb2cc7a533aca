"""The ASGI application: Streamlit's pages, our routes and middleware, and the lifespan of what feeds them.

`streamlit run app.py` (what `make run` does) and `uvicorn app:app` both serve it.
"""

from sheets import heap

heap.share_one()  # before the first thread, which the next imports start

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit import config

import logs
import settings as settings_
import web
import words
from settings import Settings, WrongSetting
from sheets import drafts
from sheets.follower import Follower
from sheets.problems import SheetError
from sheets.snapshot import Store, live
from web import awake
from web.door import Door
from web.slow import cut_slow_clients
from web.static import WarmUp

if TYPE_CHECKING:
    from sheets.writer import Writer

log = logging.getLogger("conso.words")
ROOT = Path(__file__).resolve().parent
LONGEST_TURN = 0.0002
"""Seconds after which a thread that works, a pass or a run, lets the server's loop go on: Python's own 5 ms are ten pages' time, and a page asks for its turn some twenty times."""


def _ready() -> "tuple[Settings, Writer | None]":
    """The settings; and the sheet, opened, where this process reads it. What cannot work ends the process with status 2 and one line."""
    try:
        logs.to_stderr()
        settings = settings_.load()
        words.use(settings.words)
        writer = _writer(settings) if settings.sync else None
    except (WrongSetting, SheetError) as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    lost = words.unknown(settings.words)
    if lost:
        log.warning("des mots du site reformulés ne sont plus dits : %s", " · ".join(map(repr, lost)))
    return settings, writer


def _writer(settings: Settings) -> "Writer":
    # Here: with Google's libraries it is 20 MB that a process which reads no sheet does without.
    from sheets.writer import Writer

    return Writer(settings, live)


settings, writer = _ready()
door = Door(settings.feuille_key, settings.embedded)
cut_slow_clients()


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
    """Shows the stored snapshot, starts the passes or looks at another's, says where the site is."""
    sys.setswitchinterval(LONGEST_TURN)
    live.embedded = settings.embedded
    live.prepare, live.told = web.prepare, awake.tell
    packing = WarmUp()
    packing.start()
    feeding: Writer | Follower
    if writer is not None:
        feeding = writer
        writer.start(door.admits, drafts.key_of(settings, door.key), settings.site_url or _address())
    else:
        feeding = follower = Follower(Store(settings.store), live)
        follower.start()
    _say_where()
    try:
        yield {}
    finally:
        packing.stop()
        feeding.stop()


def _address() -> str:
    host = config.get_option("server.address") or "127.0.0.1"
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{config.get_option('server.port')}"


def _say_where() -> None:
    print(f"Le site : {_address()}/", flush=True)
    if door.key is not None:
        print(f"La feuille : {_address()}/feuille?cle={door.key}", flush=True)


routes = web.routes(settings, writer.reports.take if writer and writer.reports else None)
app = st.App(str(ROOT / "pages" / "site.py"), middleware=web.middleware(settings, door, routes), lifespan=lifespan)
