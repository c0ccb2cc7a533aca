"""A house that has everything which keeps something, and somebody who is about to leave it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sheets.reports import Reports
from tests.privacy.test_traces import LEAVING, SEARCHED, STAYING, House
from tests.sheets.geocoder import geocoder
from tests.sheets.pictures import picture, picture_site


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[House, str]]:
    """With two fiches online, and the private link of the one that will leave."""
    (tmp_path / "var").mkdir()
    with picture_site() as elsewhere, geocoder() as service:
        elsewhere.has("/eloise.jpg", picture(900, 600))
        service.knows(LEAVING["adresse"], 47.4711, -0.5473)
        made = House(tmp_path, elsewhere, service)
        made.run()
        made.counter.submit(STAYING)
        token = made.counter.submit({**LEAVING, "photo": elsewhere.url("/eloise.jpg")})
        made.run()
        for name in (LEAVING["nom"], STAYING["nom"]):
            made.tick(name=name)
        made.counter.note(made.entry(LEAVING["nom"]).id, SEARCHED["note"])
        made.run()
        slug = made.entry(LEAVING["nom"]).decision.slug
        assert slug is not None
        Reports(made.sync).take(slug, f"Autre chose : {SEARCHED['signalement']}")
        made.run()
        yield made, token
