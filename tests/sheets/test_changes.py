"""What changed since the approved version, and how long it has waited, as volunteers are told."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from schema import Site as Settings
from sheets import sync as syncs
from sheets.changes import Change, changes, in_short
from tests.sheets.sheets import RESPONSES, Embedded, fiches, table
from tests.sheets.submissions import T2, Site, row


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({"telephone": "02", "labels": ("AOP",)}, {"telephone": "03", "labels": ["AOP"]}, "Téléphone : 02 → 03"),
        ({"labels": (), "photo": "", "monnaie": None}, {"labels": [], "photo": None, "monnaie": None}, ""),
        ({"nom": "a", "horaires": "9h-12h"}, {"nom": "b"}, "Nom : a → b\nHoraires : 9h-12h → rien"),
        ({"monnaie": True, "labels": ("AB", "AOP")}, {"monnaie": False, "labels": ("AB",)}, "Monnaie locale acceptée : Oui → Non\nLabels : AB, AOP → AB"),
        ({"ferme_du": None, "latitude": 47.5}, {"ferme_du": date(2026, 8, 3), "latitude": 47.51}, "Fermé du : rien → 03/08/2026\nlatitude : 47,5 → 47,51"),
        ({"latitude": 47.5}, {"latitude": 47.4, "approximatif": True}, ""),
        ({"email": "a@b.example", "note": "x"}, {"email": "c@d.example", "note": "y"}, ""),
    ],
)  # fmt: skip
def test_what_changed_is_said_cell_by_cell(before: dict, after: dict, told: str) -> None:
    assert told == in_short(changes(before, after))


def test_many_changes_are_bounded_and_the_last_are_named() -> None:
    told = in_short([Change(f"Colonne {number}", "avant " * 300, "après " * 300) for number in range(30)])
    assert len(told) < 1500
    assert told.endswith("Colonne 29")


NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


def waiting(site: Site, days: float = 7, now: datetime = NOW) -> dict[int, int]:
    return syncs._waiting(site.outcome.decisions, Settings(waiting_days=days), now)


def test_a_new_line_waits_from_its_horodateur_however_late_the_site_came() -> None:
    """Its Horodateur is of 3 November."""
    site = Site().sync(row(tick=False))
    assert waiting(site) == {2: 22}
    assert waiting(site, days=22) == {}
    assert waiting(Site().sync(row(tick=True))) == {}


def test_an_edit_waits_from_when_it_was_seen() -> None:
    site = Site().sync(row()).sync(row(stamp=T2, text="nouveau"))
    assert waiting(site) == {}
    assert list(waiting(site, now=NOW + timedelta(days=12)).values()) == [11]


def test_suivi_says_it_first(tmp_path: Path) -> None:
    site = Embedded(tmp_path, {RESPONSES: table([{"approved": False, "Téléphone": "12"}])})
    site.sync.once()
    first, *rest = site.suivi()[0].to_mend.split("\n")
    assert first.startswith("en attente depuis ")
    assert rest


def test_who_looks_after_a_line_is_never_public(tmp_path: Path) -> None:
    site = Embedded(tmp_path, {RESPONSES: table([{"Nom": "Chez Lyse", "suivi par": "Camille"}])})
    site.sync.once()
    assert "Camille" not in str(fiches(site.sync))
    assert site.sync.check() == [problem for problem in site.sync.check() if problem.tab != RESPONSES]
