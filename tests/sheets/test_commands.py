"""`python -m sheets …` as a volunteer or a timer runs it: exit statuses, and the lines to the letter (CONTRACT §14)."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import schema
from settings import WrongSetting, load
from sheets.snapshot import Live, Store
from sheets.sync import opened
from sheets.workbook import Workbook, create
from tests.google import SheetsServer, faults
from tests.sheets.sheets import RESPONSES, Tab, mag, table

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
FIGURES = r"sync : (\d+) lignes, (\d+) en ligne, (\d+) en attente, (\d+) bloquées, (\d+) articles, (\d+\.\d) secondes\n"
PROBLEM = r".+?, ligne \d+, «.+?» : «.*?» — .+"


def environ(**given: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("CONSO_")} | given


def sheets(*arguments: str, **given: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sheets", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ(**given), capture_output=True, text=True, timeout=30)


def workbook(folder: Path, *rows: dict[str, Any], responses: Tab | None = None) -> dict[str, str]:
    """A workbook with these lines, and the settings that read it."""
    path = folder / "feuille.xlsx"
    settings = [["clé", "valeur"], ["nom du site", "Essai"]]
    create(path, {RESPONSES: table(rows) if responses is None else responses, "Mag": mag(), "Réglages": settings})
    return {"CONSO_SPREADSHEET": str(path), "CONSO_STORE": str(folder / "store")}


def shops(count: int) -> list[dict[str, Any]]:
    return [{"Nom": f"Maison {number}", "Horodateur": 46328.5 + number} for number in range(count)]


def test_sync_prints_its_figures_and_stores_what_it_read(tmp_path: Path) -> None:
    given = workbook(
        tmp_path, {}, {"Nom": "A", "approved": True}, {"Nom": "B", "approved": False}, {"Nom": "", "approved": True}
    )
    done = sheets("sync", **given)
    found = re.fullmatch(FIGURES, done.stdout)
    assert done.returncode == 0
    assert found is not None
    assert found.groups()[:5] == ("3", "1", "1", "1", "0")
    stored = Store(given["CONSO_STORE"]).load()
    assert stored is not None
    assert list(stored[0].fiches["nom"]) == ["A"]


def test_sync_tells_a_fault_in_one_line_and_changes_nothing(tmp_path: Path) -> None:
    given = workbook(tmp_path, *shops(10))
    opened(load(given, tmp_path / "no.toml"), Live()).once()
    given = workbook(tmp_path, *shops(2))
    held = sheets("sync", **given)
    assert (held.returncode, held.stdout) == (1, "")
    assert "8 des 10 lignes" in held.stderr
    assert "--accept-drop" in held.stderr
    stored = Store(given["CONSO_STORE"]).load()
    assert stored is not None
    assert len(stored[0]) == 10
    assert sheets("sync", "--accept-drop", **given).stdout.startswith("sync : 2 lignes, 2 en ligne")


def test_check_lists_each_problem_on_its_line(tmp_path: Path) -> None:
    given = workbook(tmp_path, {"Code postal": "4900"}, {"Nom": "B", "Horodateur": 46329.5, "E-mail": "secret@@exemple"})
    done = sheets("check", **given)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert all(re.fullmatch(PROBLEM, line) for line in lines)
    assert f"{RESPONSES}, ligne 2, «Code postal» : «4900» — 5 chiffres attendus" in lines
    assert "secret" not in done.stdout + done.stderr
    assert not Path(given["CONSO_STORE"]).exists()


def test_check_of_a_sound_sheet_is_zero(tmp_path: Path) -> None:
    done = sheets("check", **workbook(tmp_path, {}))
    assert (done.returncode, done.stdout) == (0, "Rien à corriger.\n")


@pytest.mark.parametrize("rows", [[], [["Bonjour"], ["Nom", "approved"]]], ids=["empty", "banner"])
def test_check_of_a_sheet_that_cannot_be_read_is_two(tmp_path: Path, rows: Tab) -> None:
    done = sheets("check", **workbook(tmp_path, responses=rows))
    assert (done.returncode, done.stdout) == (2, "")
    assert "approved" in done.stderr.splitlines()[-1]


def test_a_wrong_setting_is_two_and_one_line(tmp_path: Path) -> None:
    done = sheets("sync", CONSO_SPREADSHEET=str(tmp_path / "absent.xlsx"))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "CONSO_SPREADSHEET" in done.stderr


def test_a_site_that_only_shows_a_store_needs_no_key_of_the_sheet(tmp_path: Path) -> None:
    """The commands read the sheet, and do."""
    given = {"CONSO_SPREADSHEET": "1EssaiConsoLocale_0000000000", "CONSO_SYNC": "off"}
    assert not load(given, tmp_path / "no.toml").sync
    with pytest.raises(WrongSetting, match="compte de service"):
        load(given | {"CONSO_SYNC": "inline"}, tmp_path / "no.toml")
    with pytest.raises(WrongSetting, match="attendu l'adresse"):
        load(given | {"CONSO_SPREADSHEET": "feuille"}, tmp_path / "no.toml")
    done = sheets("sync", **given)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_an_unreachable_google_is_said_without_a_trace(tmp_path: Path) -> None:
    with SheetsServer({RESPONSES: table(shops(1))}) as server:
        server.faults.switch(faults.forbidden())
        (tmp_path / "secrets.toml").write_text(server.secrets(), "utf-8")
        code = (
            "import sys, pathlib, settings; load = settings.load;"
            "settings.load = lambda: load(secrets_path=pathlib.Path(sys.argv[1]));"
            "from sheets.__main__ import main; sys.exit(main(sys.argv[2:]))"
        )
        given = environ(**server.environ(), CONSO_STORE=str(tmp_path / "store"))
        ends = [
            subprocess.run(
                [sys.executable, "-c", code, str(tmp_path / "secrets.toml"), command],
                cwd=ROOT, env=given, capture_output=True, text=True, timeout=30,
            )
            for command in ("sync", "check")
        ]  # fmt: skip
    assert [end.returncode for end in ends] == [1, 2]
    for end in ends:
        assert "partagée" in end.stderr
        assert "Traceback" not in end.stderr
        assert server.key not in end.stderr


def test_demo_writes_that_many_submissions_again_the_same(tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for path in (first, second):
        assert sheets("demo", "--rows", "30", "--seed", "7", "--ticked", "--out", str(path)).returncode == 0
    values = Workbook(first, tmp_path / "var").values()
    assert values == Workbook(second, tmp_path / "var").values()
    head, *rows = values[RESPONSES]
    assert len(rows) == 30
    assert {row[head.index(schema.BY_KEY["approved"].header)] for row in rows} == {True}


def test_demo_says_where_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = sheets("demo", "--rows", "1", "--out", str(tmp_path / "file" / "x.xlsx"))
    assert done.returncode == 2
    assert "ne peut pas être écrit" in done.stderr


def test_forever_passes_again_when_the_workbook_changes_and_ends_when_asked(tmp_path: Path) -> None:
    given = workbook(tmp_path, *shops(1)) | {"CONSO_REFRESH_SECONDS": "1", "CONSO_SYNC": "off"}  # off is for the site
    store = Store(given["CONSO_STORE"])
    running = subprocess.Popen([sys.executable, "-m", "sheets", "sync", "--forever"], cwd=ROOT, env=environ(**given), stderr=-3)
    try:
        assert shown(store, 1)
        workbook(tmp_path, *shops(2))
        assert shown(store, 2)
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
    finally:
        running.kill()


def shown(store: Store, count: int) -> bool:
    """True once that many fiches are stored; False after a minute: a machine may be busy."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        stored = store.load()
        if stored is not None and len(stored[0]) == count:
            return True
        time.sleep(0.05)
    return False
