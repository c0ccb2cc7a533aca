"""The theme that each run tells: what Streamlit would gather, and the site's colour."""

import pytest
from streamlit.proto.NewSession_pb2 import NewSession
from streamlit.runtime import app_session

from ui import theme


@pytest.fixture(autouse=True)
def as_found(monkeypatch):
    monkeypatch.setattr(app_session, "_populate_theme_msg", theme._work_out)


def told() -> NewSession:
    """As `AppSession` fills the message that begins a run."""
    message = NewSession()
    app_session._populate_theme_msg(message.custom_theme)
    for part, section in ((message.custom_theme.light, "theme.light"), (message.custom_theme.dark, "theme.dark"), (message.custom_theme.sidebar, "theme.sidebar")):  # fmt: skip
        app_session._populate_theme_msg(part, section)
    return message


def test_what_is_remembered_is_what_streamlit_gathers():
    theme.wear("#2e7d32")
    remembered = [told(), told()]
    app_session._populate_theme_msg = theme._work_out
    assert remembered == [told(), told()]


def test_another_colour_is_told_from_the_next_run_on():
    theme.wear("#2e7d32")
    green = told().custom_theme.light.primary_color
    theme.wear("#7a1f5c")
    assert told().custom_theme.light.primary_color not in (green, "")
