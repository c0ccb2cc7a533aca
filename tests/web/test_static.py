"""Streamlit's own files as they travel."""

from pathlib import Path

import brotli
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from web import shell, static
from web.static import PackedStatic, WarmUp


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(middleware=[Middleware(PackedStatic)]))


@pytest.fixture
def two_scripts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[str, ...]:
    """The only ones asked for at a first visit, kept in a folder of their own: packing all takes seconds."""
    addresses = shell.ASSETS.preloads[:2]
    monkeypatch.setattr(static, "ASSETS", shell.Assets(shell.ASSETS.module, addresses, shell.ASSETS.stylesheets))
    monkeypatch.setattr(static, "KEPT", tmp_path / "packed")
    monkeypatch.setattr(static, "_smallest", {})
    return addresses


def raw(client: TestClient, address: str) -> bytes:
    with client.stream("GET", address, headers={"Accept-Encoding": "br"}) as answer:
        assert answer.headers["content-encoding"] == "br"
        return b"".join(answer.iter_raw())


def warm_up() -> None:
    packing = WarmUp()
    packing.start()
    packing.join(60)
    assert not packing.is_alive()


@pytest.mark.slow
def test_what_every_first_visit_asks_for_is_packed_once_more_as_small_as_can_be(client, two_scripts) -> None:
    before = [raw(client, address) for address in two_scripts]
    warm_up()
    after = [raw(client, address) for address in two_scripts]
    assert [brotli.decompress(body) for body in after] == [brotli.decompress(body) for body in before]
    assert all(len(one) > len(other) for one, other in zip(before, after, strict=True))


@pytest.mark.slow
def test_they_are_packed_once_whoever_starts(client, two_scripts, monkeypatch) -> None:
    warm_up()
    small = [raw(client, address) for address in two_scripts]
    static._smallest.clear()
    monkeypatch.setattr(static, "_PACKER", Path("nobody.py"))
    warm_up()
    assert [raw(client, address) for address in two_scripts] == small


@pytest.mark.slow
@pytest.mark.parametrize("kept", [b"", b"half", brotli.compress(b"another version")])
def test_a_damaged_file_is_packed_again(client, two_scripts, kept) -> None:
    warm_up()
    small = [raw(client, address) for address in two_scripts]
    static._smallest.clear()
    file = static.KEPT / f"{shell.file_of(two_scripts[0]).name}.br"
    file.write_bytes(kept)
    warm_up()
    assert [raw(client, address) for address in two_scripts] == small
    assert file.read_bytes() == small[0]


def test_where_nothing_can_be_kept_they_stay_as_they_were(client, two_scripts) -> None:
    before = [raw(client, address) for address in two_scripts]
    static.KEPT.write_bytes(b"a file where the folder should be")
    warm_up()
    assert [raw(client, address) for address in two_scripts] == before


def test_a_site_that_stops_meanwhile_waits_for_nothing(client, two_scripts) -> None:
    packing = WarmUp()
    packing.start()
    while packing._packer is None:
        packing.join(0.01)
    packing.stop()
    packing.join(20)
    assert not packing.is_alive()
    assert [brotli.decompress(raw(client, address)) for address in two_scripts]


def test_no_sheet_of_streamlits_brings_a_font(client) -> None:
    """It would have the page laid out anew; the icons' own is named by the page, under the address that Streamlit gives it."""
    for address in shell.ASSETS.stylesheets:
        body = client.get(address).text
        assert body
        assert "@font-face" not in body
    address = shell.AHEAD.split("url(")[1].split(")")[0]
    assert address.startswith("/static/media/MaterialSymbols")
    assert client.get(address).content == shell.file_of(address).read_bytes()
