"""The sites measured side by side over the same rows: this one, the tutorials', an empty Streamlit page, Datasette with its map."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from benchmarks.server import Server, running
from settings import ROOT
from sheets import demo
from sheets.approval import Memory
from sheets.snapshot import LISTS, Snapshot, Store

HERE = Path(__file__).parent
DATASETTE = ROOT / "var" / "datasette" / "bin" / "python"
"""Made by `make bench`: its libraries are not ours."""
_STREAMLIT = [sys.executable, "-m", "streamlit", "run"]
_DEFAULTS = ["--server.address=127.0.0.1", "--server.port={port}", "--server.headless=true", "--browser.gatherUsageStats=false"]


@contextmanager
def ours(snapshot: Snapshot, folder: Path) -> Iterator[Server]:
    """This site as it is deployed beside others: it follows a store."""
    Store(str(folder / "store")).save(snapshot, Memory().to_json())
    workbook = folder / "feuille.xlsx"
    demo.write(workbook, rows=1)
    environment = {"CONSO_SYNC": "off", "CONSO_STORE": str(folder / "store"), "CONSO_SPREADSHEET": str(workbook)}
    with running([*_STREAMLIT, str(ROOT / "app.py"), *_DEFAULTS[:2]], "/readyz", environment, folder / "ours.log") as server:
        yield server


@contextmanager
def with_its_sheet(rows: int, folder: Path) -> Iterator[tuple[Server, Path]]:
    """This site with the loop that reads its workbook, and the workbook."""
    workbook = folder / "feuille.xlsx"
    demo.write(workbook, rows, seed=1, ticked=True)
    environment = {"CONSO_STORE": str(folder / "store"), "CONSO_SPREADSHEET": str(workbook), "CONSO_METRICS": "1"}
    with running([*_STREAMLIT, str(ROOT / "app.py"), *_DEFAULTS[:2]], "/readyz", environment, folder / "sheet.log") as server:
        yield server, workbook


def naive(snapshot: Snapshot, folder: Path) -> AbstractContextManager[Server]:
    rows = folder / "rows.parquet"
    fiches = snapshot.fiches
    for name in ("categorie", "commune"):
        fiches[name] = fiches[name].astype(str)
    fiches["monnaie"] = fiches["monnaie"].fillna(False).astype(bool)
    fiches.to_parquet(rows)
    command = [*_STREAMLIT, str(HERE / "naive.py"), *_DEFAULTS]
    return running(command, "/_stcore/health", {"CONSO_BENCH_ROWS": str(rows)}, folder / "naive.log")


def empty(folder: Path) -> AbstractContextManager[Server]:
    return running([*_STREAMLIT, str(HERE / "empty.py"), *_DEFAULTS], "/_stcore/health", {}, folder / "empty.log")


def datasette(snapshot: Snapshot, folder: Path) -> AbstractContextManager[Server]:
    base = folder / "fiches.db"
    base.unlink(missing_ok=True)
    fiches = snapshot.fiches
    for name in LISTS:
        fiches[name] = fiches[name].map(", ".join)
    with sqlite3.connect(base) as connection:
        fiches.astype(object).where(fiches.notna(), None).map(_plain).to_sql("fiches", connection, index=False)
        connection.execute("create index by_category on fiches (categorie)")
        connection.execute("create unique index by_slug on fiches (slug)")
    connection.close()
    command = [str(DATASETTE), "-m", "datasette", "serve", str(base), "--host=127.0.0.1", "--port={port}"]
    return running(command, "/fiches/fiches", {}, folder / "datasette.log")


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, (str, int, float)) else str(value)
