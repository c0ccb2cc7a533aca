"""Two sites, one reader, one store in S3, nginx: what is ticked is on both; one machine, or the store, may go."""

import json
import re
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.visitor import Visitor
from tests.browser.conftest import live
from tests.machines.fleet import BUCKET, Fleet, submissions, until
from tests.ports import free_port
from tests.sheets.sheets import RESPONSES, stored

pytest.importorskip("s3fs", reason="a store in S3 needs s3fs: pip install -r requirements-dev.txt")
moto = pytest.importorskip("moto.server", reason="the loopback S3 is moto's: pip install -r requirements-dev.txt")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx: apt install nginx-light"),
]


class Bucket:
    """moto's S3, whose content outlives a stop."""

    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    def start(self) -> None:
        self._server = moto.ThreadedMotoServer("127.0.0.1", self.port, verbose=False)
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def content(self, folder: Path) -> bytes:
        """Every byte there is, older versions included; tables unpacked."""
        from moto.s3.models import s3_backends

        folder.mkdir(exist_ok=True)
        for bucket in s3_backends["123456789012"]["global"].buckets.values():
            for name, key in bucket.keys.items():
                (folder / name.replace("/", "-")).write_bytes(key.value)
        return stored(folder)


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    import boto3

    made = Bucket()
    boto3.client("s3", endpoint_url=made.url, aws_access_key_id="essai", aws_secret_access_key="essai", region_name="eu-west-3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-3"}
    )  # fmt: skip
    yield made
    made.stop()


@pytest.fixture(scope="module")
def fleet(bucket, tmp_path_factory) -> Iterator[Fleet]:
    with Fleet(tmp_path_factory.mktemp("fleet"), bucket.url) as running:
        assert until(lambda: all(running.get("/readyz", port)[0] == 200 for port in running.ports)), running.log(
            "sync"
        ) + running.log("web0")
        assert until(lambda: running.get("/readyz")[0] == 200), running.log("nginx")
        yield running


def count(fleet: Fleet, port: int | None = None, query: str = "") -> int:
    status, body = fleet.get(f"/api/fiches.json{query}", port)
    return int(json.loads(body)["total"]) if status == 200 else -1


def test_both_machines_show_what_is_ticked_and_forget_what_is_withdrawn(fleet, bucket, tmp_path):
    fleet.sheet.tabs[RESPONSES] = submissions(14)
    assert until(lambda: [count(fleet, port) for port in fleet.ports] == [14, 14])
    fleet.sheet.tabs[RESPONSES] = submissions(13)
    assert until(lambda: [count(fleet, port) for port in fleet.ports] == [13, 13])
    content = bucket.content(tmp_path)
    assert b"Maison 12" in content
    assert b"maison-13" not in content.lower().replace(b" ", b"-")


def test_the_figures_of_the_reader_are_told_by_those_who_follow(fleet):
    said = [json.loads(fleet.get("/readyz", port)[1]) for port in fleet.ports]
    assert [each["last_error"] for each in said] == [None, None]
    assert all(each["age_seconds"] < 60 for each in said)
    assert fleet.get("/metrics")[0] == 403  # nginx keeps it for the team


def test_a_second_writer_by_mistake_stands_by_and_takes_over_from_a_dead_one(fleet):
    fleet.write_sync("second")
    assert until(lambda: "Un autre processus" in fleet.log("second"))
    assert "Un autre processus" not in fleet.log("sync")
    fleet.kill("sync")
    fleet.sheet.tabs[RESPONSES] = submissions(15)
    assert until(lambda: [count(fleet, port) for port in fleet.ports] == [15, 15])


def test_a_store_that_is_gone_for_a_while_changes_nothing_visible(fleet, bucket):
    before = [fleet.get("/", port) for port in fleet.ports]
    bucket.stop()
    assert until(lambda: all(json.loads(fleet.get("/readyz", port)[1])["last_error"] for port in fleet.ports))
    seen = [fleet.get("/", port) for port in fleet.ports]
    assert [(status, body.count("Maison")) for status, body in seen] == [
        (status, body.count("Maison")) for status, body in before
    ]
    assert not any("Le site affiche les fiches d" in body for _, body in seen)
    fleet.sheet.tabs[RESPONSES] = submissions(16)
    bucket.start()
    assert until(lambda: [count(fleet, port) for port in fleet.ports] == [16, 16])
    assert until(lambda: not any(json.loads(fleet.get("/readyz", port)[1])["last_error"] for port in fleet.ports))


def test_the_visitors_of_a_machine_that_dies_under_load_land_on_the_other_with_their_page(fleet):
    """Addresses are the state: who comes back with theirs finds their choice, and no page is refused meanwhile."""
    answers: Counter[int] = Counter()
    ended = threading.Event()

    def load(machine: str) -> None:
        while not ended.is_set():
            answers[fleet.get("/?categorie=bar", machine=machine)[0]] += 1

    visitors = [Visitor(fleet.front) for _ in range(8)]
    for visitor in visitors:
        visitor.run()
        visitor.choose(["bar"])
    threads = [threading.Thread(target=load, args=(f"machine-{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    fleet.kill("web0")
    landed = []
    for visitor in visitors:
        try:
            visitor.run()
        except Exception:  # its websocket was on the machine that died: the browser opens another, with its address
            again = Visitor(fleet.front)
            again._query = visitor._query
            again.run()
            landed.append(again)
            assert '<a href="/">Bar <span aria-hidden' in again.html
    assert until(lambda: sum(answers.values()) > 40)
    ended.set()
    for thread in threads:
        thread.join()
    for visitor in (*visitors, *landed):
        visitor.__exit__(None, None, None)
    assert landed
    assert set(answers) == {200}
    fleet.web(0)
    assert until(lambda: fleet.get("/readyz", fleet.ports[0])[0] == 200)


@pytest.mark.browser
def test_an_open_page_outlives_its_machine(fleet, page):
    """In a real browser: each machine dies in turn, so that the page's own was one of them; the choice stays, and the next one works."""
    page.goto(f"http://127.0.0.1:{fleet.front}/?categorie=bar")
    live(page)
    for number, words in enumerate(("Maison 3", "Maison 5")):
        fleet.kill(f"web{number}")
        assert fleet.get("/?categorie=bar")[0] == 200
        box = page.get_by_label("Que cherchez-vous ?")
        box.fill(words, timeout=60_000)
        box.press("Enter")
        page.wait_for_url(re.compile(rf"[?&]q={words.replace(' ', '.+')}"), timeout=60_000)
        page.get_by_text(words, exact=True).first.wait_for(timeout=60_000)
        assert "categorie=bar" in page.url
        fleet.web(number)
        assert until(lambda port=fleet.ports[number]: fleet.get("/readyz", port)[0] == 200)
        time.sleep(6)  # nginx's fail_timeout: it sends nobody to a machine it has just seen dead
