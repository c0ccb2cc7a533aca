"""What every Streamlit page begins and ends with."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import streamlit as st
from streamlit import config

from sheets.snapshot import Snapshot, live
from ui import blocks, colours, privacy
from ui.markdown import literal


@contextmanager
def page(current: str) -> Iterator[Snapshot]:
    """The site's header, then what the page draws, then the footer. `current` is the page's address.

    Without any snapshot yet it says so and ends the run.
    """
    snapshot = live.snapshot
    if snapshot is None:
        st.warning("Le site ouvre dans un instant : les fiches arrivent. Rechargez la page.")
        st.stop()
    st.html(blocks.header(snapshot, current))
    yield snapshot
    st.html(blocks.footer(snapshot, blocks.since(live.age_seconds(), live.is_failing())))


def wear(color: str) -> None:
    """Streamlit's own widgets take the site's colour, `#rrggbb`, in pages opened from now on."""
    config.set_option("theme.light.primaryColor", colours.readable(color, colours.LIGHT))
    config.set_option("theme.dark.primaryColor", colours.readable(color, colours.DARK))


def title(text: str) -> None:
    """What the browser's tab says."""
    st.set_page_config(page_title=text, layout="wide")


def now() -> datetime:
    return datetime.now(UTC)


def base_url() -> str:
    """Scheme and host of this visit, for addresses that people copy."""
    url = st.context.url or ""
    return "/".join(url.split("/")[:3])


def parameter(name: str) -> str:
    """One parameter of the address; `""` without."""
    values = st.query_params.get_all(name)
    return values[0] if values else ""


def asks_for_plan(key: str) -> bool:
    """The switch of the map's background, off until a visitor turns it: another host then sees which places they look at."""
    host = privacy.current.practices.map_host
    return bool(host) and st.toggle(f"Fond de carte ({literal(host)})", False, key=key)
