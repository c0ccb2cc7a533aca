"""The snapshot, as its readers ask it."""

from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fields.points import points
from sheets import snapshot
from sheets.snapshot import Store

MARKET = points("Marché de Cholet, samedi 8h-13h, place Travot\nMarché Lafayette", "49300", "49099")


def test_fiches_gathered_together_are_those_asked_for_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order asked, None where nobody has that slug, whatever the size of a handful."""
    monkeypatch.setattr(snapshot, "_GATHERED", 2)
    made = snapshot.build(
        [
            {
                "slug": "a",
                "nom": "A",
                "latitude": 47.5,
                "paiement": ("Espèces",),
                "monnaie": True,
                "ferme_du": date(2026, 8, 1),
            },
            {"slug": "b", "categorie": "Autre", "updated_at": datetime(2026, 11, 1, tzinfo=UTC)},
            {"slug": "c", "approximatif": True},
        ]
    )
    for slugs in (["c", "x", "a", "b", "a"], ["x", "y"], [], ["b"]):
        assert list(made.known(slugs)) == [made.fiche(slug) for slug in slugs]


def test_a_fiche_says_what_was_given_in_plain_values() -> None:
    """Each kind of column, filled and blank: text is `""` where there is none, a choice and all else None."""
    given = {
        "slug": "a",
        "nom": "L’Œuf & fils",
        "categorie": "Autre",
        "commune": "Angers",
        "paiement": ("Espèces", "Carte bancaire"),
        "monnaie": False,
        "ferme_du": date(2026, 8, 1),
        "latitude": 47.5,
        "points": MARKET,
        "approximatif": True,
        "updated_at": datetime(2026, 11, 1, tzinfo=UTC),
    }
    filled, blank = snapshot.build([given, {"slug": "b"}]).records([0, 1])
    assert {name: filled[name] for name in given} == given
    blanks = {"nom": "", "categorie": None, "commune": None, "paiement": (), "monnaie": None, "ferme_du": None}
    blanks |= {"latitude": None, "points": (), "approximatif": False, "updated_at": None}
    assert {name: blank[name] for name in blanks} == blanks
    assert {type(value).__module__ for value in [*filled.values(), *blank.values()]} <= {"builtins", "datetime"}


def test_when_each_fiche_last_changed_is_known_by_its_slug() -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    assert snapshot.build([{"slug": "a", "updated_at": at}, {"slug": "b"}]).updated == {"a": at}


def test_points_of_sale_come_back_from_the_store_as_they_went(tmp_path: Path) -> None:
    made = snapshot.build([{"slug": "a", "points": MARKET}, {"slug": "b"}])
    store = Store(str(tmp_path))
    store.save(made, "memory")
    loaded, _ = store.load() or pytest.fail("nothing stored")
    assert [loaded.fiche(slug)["points"] for slug in "ab"] == [MARKET, ()]  # type: ignore[index]
    assert loaded.version == made.version == snapshot.build([{"slug": "a", "points": MARKET}, {"slug": "b"}]).version


def test_what_an_older_version_stored_is_still_read(tmp_path: Path) -> None:
    """Without it the memory of approvals would be lost, and every edit since the tick would pass for seen."""
    store = Store(str(tmp_path))
    store.save(snapshot.build([{"slug": "a", "nom": "A", "points": MARKET}]), "memory")
    path = tmp_path / Store.FILE
    table = pq.read_table(path)
    pq.write_table(table.drop_columns(["points"]), path)
    loaded, memory = store.load() or pytest.fail("nothing stored")
    assert (loaded.fiche("a")["nom"], loaded.fiche("a")["points"], memory) == ("A", (), "memory")  # type: ignore[index]
