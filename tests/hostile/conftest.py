"""One hostile site for all trials of this folder."""

import pytest

from sheets.snapshot import live
from tests.hostile import site


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """What became of the hostile sheet: `tests.sheets.sheets.Embedded`."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sheets.fetching.resolve", lambda host, port: [])  # no picture is fetched
        return site.shown(tmp_path_factory.mktemp("hostile"))


@pytest.fixture
def visitor(hostile, tmp_path, monkeypatch):
    """Asks the hostile site."""
    monkeypatch.setattr(live, "snapshot", hostile.sync.live.snapshot)
    monkeypatch.setattr(live, "embedded", True)
    return site.client(tmp_path)
