"""The real site, started when something is missing."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sheets.snapshot import Live, Store
from sheets.sync import Sync
from tests.google import SheetsServer, faults
from tests.machines.fleet import ROOT, WITH_SECRETS, submissions, until
from tests.ports import free_port
from tests.sheets.sheets import RESPONSES, google, mag

pytestmark = pytest.mark.slow


@pytest.fixture
def sheet() -> Iterator[SheetsServer]:
    with SheetsServer({RESPONSES: submissions(6), "Mag": mag(), "Réglages": [["clé", "valeur"]]}) as server:
        yield server


@contextmanager
def running(sheet: SheetsServer, folder: Path, **environ: str) -> Iterator[str]:
    """The site's address, from the moment it answers."""
    port = free_port()
    google(sheet, folder)  # writes secrets.toml
    given = {name: value for name, value in os.environ.items() if not name.startswith("CONSO_")} | sheet.environ() | {
        "CONSO_STORE": str(folder / "store"), "CONSO_REFRESH_SECONDS": "1", "CONSO_MAP_TILES": "",
        "STREAMLIT_SERVER_ADDRESS": "127.0.0.1", "STREAMLIT_SERVER_PORT": str(port), **environ,
    }  # fmt: skip
    command = [sys.executable, "-c", WITH_SECRETS, str(folder / "secrets.toml"), "streamlit", "run", "app.py"]
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=given, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        assert until(lambda: get(f"{url}/healthz")[0] == 200), (folder / "log.txt").read_text()
        yield url
    finally:
        process.terminate()
        process.wait(20)


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def test_a_stored_snapshot_is_a_site_while_no_sheet_answers(sheet, tmp_path):
    settings = google(sheet, tmp_path)
    Sync(settings, Live(), Store(settings.store)).once()
    sheet.faults.switch(faults.hang(30))
    with running(sheet, tmp_path) as url:
        status, page = get(url)
        assert (status, "Maison 5" in page) == (200, True)
        assert json.loads(get(f"{url}/readyz")[1])["fiches"] == 6


def test_with_neither_the_site_says_so_and_comes_up_by_itself(sheet, tmp_path):
    sheet.faults.switch(faults.forbidden())
    with running(sheet, tmp_path) as url:
        status, page = get(url)
        assert (status, "Le site ouvre dans un instant" in page) == (503, True)
        assert until(lambda: json.loads(get(f"{url}/readyz")[1])["last_error"])
        status, said = get(f"{url}/readyz")
        assert (status, json.loads(said)["ready"], json.loads(said)["last_error"]["kind"]) == (503, False, "access-denied")
        assert sheet.account()["client_email"] not in said
        sheet.faults.switch(None)
        assert until(lambda: get(f"{url}/readyz")[0] == 200)
        assert "Maison 5" in get(url)[1]


@pytest.mark.parametrize("content", [b"", b"PAR1 half a file", None], ids=["empty", "half", "older"])
def test_a_store_that_cannot_be_read_is_made_again(sheet, tmp_path, content):
    """Cut short, foreign, or of a version whose columns were others."""
    settings = google(sheet, tmp_path)
    Sync(settings, Live(), Store(settings.store)).once()
    file = Path(settings.store) / Store.FILE
    if content is None:
        import pyarrow.parquet as pq

        table = pq.read_table(file)
        pq.write_table(table.drop_columns(["labels"]), file)
    else:
        file.write_bytes(content)
    with running(sheet, tmp_path) as url:
        assert until(lambda: get(f"{url}/readyz")[0] == 200)
    stored = Store(settings.store).load()
    assert stored is not None
    assert len(stored[0]) == 6


def test_a_store_that_may_only_be_read_leaves_the_last_good_site(sheet, tmp_path):
    settings = google(sheet, tmp_path)
    Sync(settings, Live(), Store(settings.store)).once()
    sheet.tabs[RESPONSES] = submissions(5)
    with read_only(Path(settings.store)), running(sheet, tmp_path) as url:
        assert until(lambda: json.loads(get(f"{url}/readyz")[1])["last_error"])
        status, said = get(f"{url}/readyz")
        assert (status, json.loads(said)["fiches"], json.loads(said)["last_error"]["kind"]) == (200, 6, "store")
        assert str(tmp_path) not in said


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Refused to root too, by an attribute or a mount; skips where neither is allowed."""
    if os.getuid() != 0:
        folder.chmod(0o555)
        yield
        folder.chmod(0o755)
        return
    bound = subprocess.run(
        f"mount --bind {folder} {folder} && mount -o remount,ro,bind {folder}", shell=True, capture_output=True
    )
    if bound.returncode:
        pytest.skip("root is refused nothing here, and may mount nothing")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)
