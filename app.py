"""The ASGI application: Streamlit's pages, our routes and middleware, and the sync loop's lifespan.

`streamlit run app.py` (what `make run` does) and `uvicorn app:app` both serve it.
"""

import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit import config

import logs
import settings as settings_
import web
import words
from settings import WrongSetting
from sheets import drafts, heap, outbox
from sheets.counter import Counter, open_counter
from sheets.problems import SheetError
from sheets.reports import Reports
from sheets.snapshot import live
from sheets.sync import Follower, Loop, Sync, opened
from web import awake
from web.door import Door
from web.slow import cut_slow_clients
from web.static import WarmUp

log = logging.getLogger("conso.words")
ROOT = Path(__file__).resolve().parent
LONGEST_TURN = 0.0002
"""Seconds after which a thread that works, a pass or a run, lets the server's loop go on: Python's own 5 ms are ten pages' time, and a page asks for its turn some twenty times."""


def _ready() -> Sync:
    """The sheet, opened. What cannot work ends the process with status 2 and one line."""
    try:
        logs.to_stderr()
        heap.share_one()
        settings = settings_.load()
        words.use(settings.words)
        sync = opened(settings, live)
        if sync.workbook is not None and sync.settings.sync:
            sync.look()
    except (WrongSetting, SheetError) as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    lost = words.unknown(settings.words)
    if lost:
        log.warning("des mots du site reformulés ne sont plus dits : %s", " · ".join(map(repr, lost)))
    return sync


sync = _ready()
settings = sync.settings
reports = Reports.where_allowed(sync)
door = Door(settings.feuille_key, settings.embedded)
cut_slow_clients()
drafts_key = drafts.key_of(settings, door.key)


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[dict[str, Any]]:
    """Shows the stored snapshot, starts the loop, says where the site is."""
    sys.setswitchinterval(LONGEST_TURN)
    live.embedded = settings.embedded
    live.prepare, live.told = web.prepare, awake.tell
    running: Loop | Follower
    letters: outbox.Outbox | None = None
    if settings.sync:
        live.drafts.lock(drafts_key)
        sync.restore()
        running = loop = Loop(sync)
        if sync.workbook is not None:
            open_counter.counter = Counter(sync, loop, sync.workbook)
            open_counter.admits, open_counter.drafts_key = door.admits, drafts_key
            loop.passes = open_counter.counter.passes
            address = settings.site_url or _address()
            letters = outbox.opened(settings, sync.store, open_counter.counter.private_link, address)
            open_counter.counter.after_pass = letters.post
        elif reports is not None:
            loop.passes = reports.passes
    else:
        running = Follower(sync.store, live)
    packing = WarmUp()
    packing.start()
    running.start()
    _say_where()
    try:
        yield {}
    finally:
        packing.stop()
        running.stop()
        if letters is not None:
            letters.stop()


def _address() -> str:
    host = config.get_option("server.address") or "127.0.0.1"
    return f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{config.get_option('server.port')}"


def _say_where() -> None:
    print(f"Le site : {_address()}/", flush=True)
    if door.key is not None:
        print(f"La feuille : {_address()}/feuille?cle={door.key}", flush=True)


routes = web.routes(settings, reports.take if reports else None)
app = st.App(str(ROOT / "pages" / "site.py"), middleware=web.middleware(settings, door, routes), lifespan=lifespan)
