"""The house keeps its floors: an import only goes down, and each outside library stays in its room."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("app", "pages", "web", "ui", "annuaire", "sheets", "schema", "settings", "logs", "allowance", "fields", "words")
DOWN = {
    "app": {"web", "pages", "sheets", "settings", "logs", "words"},
    "pages": {"ui", "annuaire", "sheets.snapshot", "sheets.counter", "sheets.open_counter", "schema", "words"},
    "web": {"ui", "annuaire", "sheets.snapshot", "schema", "settings", "logs", "allowance", "fields", "words"},
    "ui": {"annuaire", "sheets.snapshot", "schema", "fields", "words"},
    "annuaire": {"sheets.snapshot", "schema", "fields", "words"},
    "sheets": {"schema", "fields", "settings", "logs", "allowance", "words"},
    "schema": {"fields", "words"},
    "logs": {"settings"},
    "settings": {"words"},
    "allowance": set(),
    "fields": {"words"},
    "words": set(),
}
"""docs/architecture.md draws it; docs/decisions/ says why `pages` may open `sheets.counter`."""
ONLY_IN = {
    "streamlit": {"app", "pages", "ui", "web"},
    "gspread": {"sheets"},
    "openpyxl": {"sheets"},
    "pydeck": {"ui/map.py"},
    "prometheus_client": {"web"},
    "polib": {"words"},
}


def sources() -> list[Path]:
    return [
        ROOT / "app.py",
        ROOT / "schema.py",
        ROOT / "settings.py",
        ROOT / "logs.py",
        ROOT / "allowance.py",
        ROOT / "words.py",
        *(path for room in ROOMS for path in (ROOT / room).rglob("*.py")),
    ]


def imported(path: Path) -> set[str]:
    """Every module a file imports, wherever in the file; `from a import b` counts as `a.b` too where that is a module."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            below = {
                f"{node.module}.{alias.name}" for alias in node.names if (ROOT / node.module / f"{alias.name}.py").exists()
            }
            found |= below or {node.module}
    return found


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_an_import_only_goes_down(path):
    """What a room may know is in `DOWN`; a room may always know itself."""
    room = room_of(path)
    allowed = DOWN[room] | {room}
    ours = {name for name in imported(path) if name.split(".")[0] in ROOMS}
    assert set() == {
        name
        for name in ours
        if name.split(".")[0] not in allowed and not any(name == down or name.startswith(f"{down}.") for down in allowed)
    }


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_an_outside_library_stays_in_its_room(path):
    """`streamlit`, `gspread`, `openpyxl` and `pydeck` are known only where DESIGN says."""
    here = {room_of(path), str(path.relative_to(ROOT))}
    strangers = {name.split(".")[0] for name in imported(path)} & ONLY_IN.keys()
    assert set() == {name for name in strangers if not here & ONLY_IN[name]}


@pytest.mark.slow
def test_a_process_that_reads_no_sheet_loads_nothing_that_does(tmp_path):
    """With `CONSO_SYNC=off`: what Google and the workbook take is a tenth of its memory."""
    given = {**os.environ, "CONSO_SYNC": "off", "CONSO_STORE": str(tmp_path)}
    code = "import sys, app, pages.site; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=given, capture_output=True, text=True, timeout=60)
    loaded = set(done.stdout.split())
    assert "sheets.snapshot" in loaded, done.stderr
    assert set() == loaded & {"gspread", "google.auth", "cryptography", "openpyxl", "lxml", "python_calamine", "sheets.sync"}
