"""The demo in words that are nobody's."""

import pytest

import words
from sheets.snapshot import live
from tests.mots import pseudo
from tests.sheets.test_counter import Shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The demo sheet, read and shown, every sentence of the site between ⟦ and ⟧."""
    folder = tmp_path_factory.mktemp("mots")
    words.use(words.load(pseudo.catalogue(folder)))
    pseudo.forget()
    made = Shop(folder, pseudo.tabs())
    made.run()
    yield made
    words.use({})
    pseudo.forget()


@pytest.fixture
def snapshot(shop, monkeypatch):
    monkeypatch.setattr(live, "snapshot", shop.sync.live.snapshot)
    monkeypatch.setattr(live, "embedded", True)
    return shop.sync.live.snapshot


@pytest.fixture
def reader(snapshot):
    return pseudo.Reader(pseudo.data(snapshot.records(range(len(snapshot)))))
