"""What is private is in no answer of the site and in no line of its log, whatever happens."""

import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

import schema
from sheets import demo
from sheets.problems import SheetError
from sheets.snapshot import TABLE
from tests.browser.conftest import KEY, ROOT, wait_until_ready
from tests.ports import free_port
from tests.privacy import traces
from tests.privacy.test_traces import LEAVING, SEARCHED, House

SECRETS = {
    "clé de la feuille": KEY,
    "mot de passe": "mot-de-passe-du-courrier",
    "clé privée": "MIIEvQprivee",
    "jeton": "jeton-prive-0123456789abcdef",
}
PRIVATE = [
    column for column in schema.FICHE if not column.public and type(column.kind).__name__ in ("Email", "Siret", "Line", "Lines")
]


def private_values() -> dict[str, str]:
    """Every private cell of the demo that is no word of everybody's."""
    head, *lines = demo.tables(ticked=True)[schema.RESPONSES.name]
    cells = [
        (column.key, line, str(row[head.index(column.header)]))
        for column in PRIVATE
        if column.header in head
        for line, row in enumerate(lines)
        if row[head.index(column.header)]
    ]
    return {f"{key} {line}": text for key, line, text in cells if len(text) > 4}


def addresses(base: str) -> list[str]:
    """All that a visitor or a program can be given."""
    fiches = json.loads(urllib.request.urlopen(f"{base}/api/fiches.json", timeout=30).read())["fiches"]
    sitemap = urllib.request.urlopen(f"{base}/sitemap.xml", timeout=30).read().decode()
    paths = ["/", "/?page=2", "/?page=3", "/mag", "/a-propos", "/inscription", f"/inscription?lien={SECRETS['jeton']}", "/imprimer", "/favoris", "/integrer", "/?embed=1", "/?embed=1&vue=carte", "/feuille", f"/feuille?cle={KEY}x",
             "/mag.xml", "/fiches.xml", "/sitemap.xml", "/robots.txt", "/manifest.webmanifest", "/sw.js", "/hors-ligne", "/readyz", "/metrics", "/healthz", "/oembed?url=" + base, "/tuiles/7/63/44.json", "/carte/style.json",
             *(f"/api/{name}" for name in ("fiches.json", "fiches.geojson", "fiches.csv", "gogocarto.json", "osm.geojson", "schema.json", "openapi.json"))]  # fmt: skip
    paths += [found.removeprefix(base) for found in re.findall("<loc>(.*?)</loc>", sitemap) if "/fiche" not in found]
    for each in fiches:
        paths += [
            f"{path}{each['slug']}" for path in ("/fiche?f=", "/fiche.vcf?f=", "/signaler?f=", "/affiche?f=", "/?embed=1&f=")
        ]
    return [path.replace("&amp;", "&") for path in paths]


@pytest.mark.slow
def test_no_answer_and_no_line_of_a_whole_run_holds_what_is_private(tmp_path):
    """The demo, everything online, the log at its most talkative; then a sheet that breaks and is mended."""
    workbook = tmp_path / "feuille.xlsx"
    demo.write(workbook, ticked=True)
    port, base = free_port(), ""
    given = {**os.environ, "CONSO_SPREADSHEET": str(workbook), "CONSO_STORE": str(tmp_path / "store"), "CONSO_FEUILLE_KEY": KEY, "CONSO_METRICS": "1", "CONSO_MAP_TILES": "", "CONSO_LOG_FORMAT": "json",
             "CONSO_LOG_LEVEL": "DEBUG", "CONSO_SITE_URL": f"http://127.0.0.1:{port}", "CONSO_SMTP_HOST": "127.0.0.1", "CONSO_SMTP_PORT": "9", "CONSO_SMTP_USER": "equipe", "CONSO_SMTP_PASSWORD": SECRETS["mot de passe"],
             "CONSO_SMTP_SECURITY": "none", "CONSO_SMTP_FROM": "equipe@conso.example", "CONSO_REFRESH_SECONDS": "1", "STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1"}  # fmt: skip
    answers = []
    with (tmp_path / "log.txt").open("wb") as out, (tmp_path / "dit.txt").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py"],
            cwd=ROOT,
            env=given,
            stdout=said,
            stderr=out,
            start_new_session=True,
        )
        try:
            base = f"http://127.0.0.1:{port}"
            wait_until_ready(base, process)
            for path in addresses(base):
                try:
                    answer = urllib.request.urlopen(base + path, timeout=30)
                except urllib.error.HTTPError as error:
                    answer = error
                answers.append((path, answer.read() + str(answer.headers.items()).encode()))
            good = workbook.read_bytes()
            for bad in (b"PK\x03\x04" + good[4:4000], b"", good):
                workbook.write_bytes(bad)
                _after_a_pass(base)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=20)
    values = private_values()
    assert len(values) > 60
    assert [] == traces.found(values, answers)
    log = (tmp_path / "log.txt").read_bytes()
    assert b'"logger": "conso.requests"' in log
    assert b"conso.sync" in log
    assert [] == traces.found(values | SECRETS, [("log", log)])
    assert [] == traces.found(values, [("stdout", (tmp_path / "dit.txt").read_bytes())])
    assert len(set(traces.found(SECRETS, [("stdout", (tmp_path / "dit.txt").read_bytes())]))) <= 1  # the link to `/feuille`


def _after_a_pass(base: str) -> None:
    def passes() -> tuple[str, ...]:
        text = urllib.request.urlopen(f"{base}/metrics", timeout=20).read().decode()
        return tuple(line for line in text.splitlines() if line.startswith(("conso_passes_total", "conso_pass_failures_total")))

    before, until = passes(), time.monotonic() + 15
    while passes() == before and time.monotonic() < until:
        time.sleep(0.2)


def test_the_log_of_a_counter_says_nothing_of_merchants(
    house: tuple[House, str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Handing in, ticking, writing, a letter that cannot leave, a sheet that cannot be read, an erasure: at every level."""
    made, token = house
    caplog.set_level(logging.DEBUG)
    made.counter.save(token, {**LEAVING, "horaires": "illisible"})
    made.run()
    monkeypatch.setattr(
        made.outbox._delivery,
        "deliver",
        lambda letter, name: (_ for _ in ()).throw(OSError(f"{letter['To']}: {LEAVING['email']}")),
    )
    made.counter.submit({**LEAVING, "nom": "Autre maison discrète"})
    made.run()
    content = made.path.read_bytes()
    made.path.write_bytes(content[:2000])
    with pytest.raises(SheetError):
        made.counter.passes()
    made.path.write_bytes(content)
    made.counter.erase(token)
    made.run()
    assert "courrier interrompu" in caplog.text
    private = {key: SEARCHED[key] for key in ("email", "contact", "siret", "note", "telephone")} | {
        "nom": "Autre maison discrète",
        "lien": token,
    }
    assert [] == traces.found(private, [("log", caplog.text.encode())])


def test_private_cells_never_reach_the_snapshot_s_columns():
    assert not {column.key for column in schema.FICHE if not column.public} & set(TABLE.names)
