"""No visitor ever waits for, or spends a call on, the spreadsheet."""

import pytest

from sheets.snapshot import Live, Store, live
from sheets.sync import Sync
from tests.google import SheetsServer
from tests.sheets.sheets import google

HEADER = ["Horodateur", "Nom", "Catégorie", "Code postal", "Commune", "Consentement", "approved"]
ROW = [46328.5, "La Halte", "Bar", "49100", "Angers", "J'accepte que ces informations soient publiées", True]


@pytest.mark.slow
def test_five_hundred_page_views_cost_google_nothing(client, tmp_path, monkeypatch):
    """One read a pass in the steady state; none for the pages, the open data or the tiles."""
    with SheetsServer(
        {
            "Réponses au formulaire 1": [HEADER, ROW],
            "Mag": [["titre", "texte", "publié"]],
            "Réglages": [["clé", "valeur"]],
            "Suivi": [["ligne"]],
        }
    ) as server:
        shown = Live()
        settings = google(server, tmp_path)
        sync = Sync(settings, shown, Store(settings.store))
        sync.once()
        first = len(server.calls)
        sync.once()
        assert len(server.calls) == first + 1
        monkeypatch.setattr(live, "snapshot", shown.snapshot)
        for number in range(100):
            for path in ("/", "/fiche?f=la-halte", "/mag", f"/api/fiches.json?q={number}", f"/tuiles/9/{number}/178.json"):
                assert client.get(path).status_code == 200
        assert len(server.calls) == first + 1
