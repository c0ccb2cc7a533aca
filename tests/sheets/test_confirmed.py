"""«Vérifié le» grows old and is asked about; its merchant renews it without touching the fiche, and approves nothing by it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from schema import Site
from sheets import sync as passes
from sheets.sync import Sync
from tests.sheets.sheets import RESPONSES, fiches, states, table
from tests.sheets.test_counter import ANSWERS, Shop

APPROVED = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


class Clock(datetime):
    """The passes' clock."""

    at = APPROVED

    @classmethod
    def now(cls, tz=None):  # type: ignore[no-untyped-def]
        return cls.at.astimezone(tz)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    monkeypatch.setattr(passes, "datetime", Clock)
    monkeypatch.setattr(Clock, "at", APPROVED)
    return Clock


@pytest.fixture
def shop(tmp_path: Path, clock: type[Clock]) -> Shop:
    made = Shop(tmp_path, {RESPONSES: table([])})
    made.run()
    return made


def verified(sync: Sync) -> date:
    day = fiches(sync)["La Halte"]["verifie_le"]
    assert isinstance(day, date)
    return day


@pytest.mark.parametrize(("days", "said"), [(0, 0), (180, 0), (181, 181), (-3, 0)])
def test_a_fiche_is_to_be_confirmed_the_day_after_its_term(days: int, said: int) -> None:
    today = APPROVED.date()
    assert Site().unconfirmed_days(today - timedelta(days), today) == said
    assert Site().unconfirmed_days(None, today) == 0


def test_an_old_fiche_stays_online_and_the_volunteers_are_told(shop: Shop, clock: type[Clock]) -> None:
    """État stays «en ligne»; the days are counted in «Suivi» and on `/feuille`."""
    shop.counter.submit(ANSWERS)
    shop.run()
    shop.tick()
    assert [entry.unconfirmed for entry in shop.counter.entries()] == [0]
    clock.at = APPROVED + timedelta(days=200)
    shop.run()
    (line,) = shop.suivi()
    assert (line.state, line.to_mend) == ("en ligne", "à confirmer : vérifié il y a 200 jours")
    assert [entry.unconfirmed for entry in shop.counter.entries()] == [200]


def test_the_merchant_renews_the_day_and_nothing_else(shop: Shop, clock: type[Clock]) -> None:
    """It goes through the sheet, so that another process knows it too."""
    token = shop.counter.submit(ANSWERS)
    shop.run()
    shop.tick()
    before = fiches(shop.sync)["La Halte"]
    clock.at = APPROVED + timedelta(days=200)
    shop.run()
    assert shop.counter.confirm(token)
    shop.run()
    assert verified(shop.sync) == (APPROVED + timedelta(days=200)).date()
    assert {**fiches(shop.sync)["La Halte"], "verifie_le": None} == {**before, "verifie_le": None}
    assert shop.suivi()[0].to_mend == ""
    shop.restart()
    shop.run()
    assert verified(shop.sync) == (APPROVED + timedelta(days=200)).date()


def test_what_nobody_read_cannot_be_confirmed(shop: Shop, clock: type[Clock]) -> None:
    """Never ticked, withdrawn, or edited since: the button is not there, and pressing it does nothing."""
    token = shop.counter.submit(ANSWERS)
    shop.run()
    assert not shop.counter.confirm(token)
    shop.tick()
    shop.counter.save(token, {**ANSWERS, "telephone": "02 61 91 00 43"})
    assert not shop.counter.confirm(token)
    shop.run()
    assert not shop.counter.confirm(token)
    clock.at = APPROVED + timedelta(days=3)
    shop.run()
    assert (states(shop.sync)["La Halte"], verified(shop.sync)) == ("modifiée : à revalider", APPROVED.date())
    shop.tick(False)
    assert not shop.counter.confirm(token)
    assert not shop.counter.confirm("un autre")


def test_an_edit_just_before_is_not_published_by_a_confirmation(shop: Shop) -> None:
    """The line changed in the workbook while the button was on the screen: it waits for a volunteer."""
    token = shop.counter.submit(ANSWERS)
    shop.run()
    shop.tick()
    shop.counter.confirm(token)
    shop.counter.save(token, {**ANSWERS, "telephone": "02 61 91 00 43"})
    shop.run()
    assert states(shop.sync)["La Halte"] == "modifiée : à revalider"
    assert fiches(shop.sync)["La Halte"]["telephone"] == ANSWERS["telephone"]
