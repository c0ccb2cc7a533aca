"""What every Streamlit page begins and ends with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

import streamlit as st
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.query_params import sanitize_query_string

from sheets.snapshot import Snapshot, live
from ui import blocks, previews
from words import _

_SHOWN = "adresse-montree"
"""Session key."""


@dataclass
class Shown:
    """What a session last drew."""

    path: str
    pairs: tuple[tuple[str, str], ...]
    version: str
    """The snapshot's; or a later one's, once that is seen to say the same at this address."""


def known(file: str, **named: Any) -> st.Page:
    """One of the site's pages, made once: a run would look for the files of all. A copy, since `st.navigation` marks in it what this run may show."""
    return copy(_made(file, **named))


_made = lru_cache(st.Page)


@contextmanager
def page(current: str, opening: Callable[[Snapshot], str] = lambda _: "") -> Iterator[Snapshot]:
    """The site's header, then what the page draws, then the footer. `current` is the page's address.

    `opening`: what begins the page, whatever is asked; it comes with the header as one piece, since each is a message.

    Without any snapshot yet it says so and ends the run.
    """
    snapshot = live.snapshot
    if snapshot is None:
        st.warning(_("Le site ouvre dans un instant : les fiches arrivent. Rechargez la page."))
        st.stop()
    write(blocks.header(snapshot, current) + opening(snapshot))
    yield snapshot
    write(blocks.footer(snapshot, blocks.since(live.age_seconds(), live.is_failing())))
    st.session_state[_SHOWN] = Shown(current, pairs(), snapshot.version)


def shown_in(state: SessionState) -> Shown | None:
    """What a session last drew; None before."""
    try:
        return state[_SHOWN]
    except KeyError:
        return None


class _Html(str):
    """HTML that is written as it stands: Streamlit looks whether other text is the name of a file, and takes the indentation of its lines away."""

    def _repr_html_(self) -> str:
        return self


def write(html: str) -> None:
    """Draws HTML, escaped already where it is other people's."""
    st.html(_Html(html))


def title(text: str, snapshot: Snapshot | None = None) -> None:
    """What the browser's tab says; `snapshot`: whose site's name stands behind it."""
    st.set_page_config(page_title=blocks.titled(text, snapshot) if snapshot else text, layout="wide")


def now() -> datetime:
    return datetime.now(UTC)


def base_url() -> str:
    """Scheme and host of this visit, for addresses that people copy."""
    url = st.context.url or ""
    return "/".join(url.split("/")[:3])


def preview(snapshot: Snapshot, path: str) -> previews.Seen | None:
    """What the team's key, where this visit has it, opens of `path`."""
    key = parameter(previews.PARAMETER)
    values = {name: parameter(name) for name in st.query_params}
    return previews.seen(snapshot, live.drafts.opened(key), path, values, now()) if key else None


def pairs_of(query_string: str) -> tuple[tuple[str, str], ...]:
    """What `pairs` says once Streamlit has been asked for this address."""
    values = parse_qs(sanitize_query_string(query_string), keep_blank_values=True)
    return tuple((name, value) for name, each in values.items() for value in each)


def pairs() -> tuple[tuple[str, str], ...]:
    """The parameters of the address, each value of each name."""
    return tuple((name, value) for name in st.query_params for value in st.query_params.get_all(name))


def parameter(name: str) -> str:
    """One parameter of the address; `""` without."""
    values = st.query_params.get_all(name)
    return values[0] if values else ""
