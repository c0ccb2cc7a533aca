"""What is fetched from elsewhere: from public machines alone, within bounds, and told in French where it is not."""

import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sheets import fetching
from sheets.fetching import Fetcher, Forbidden, NotFetched, is_public
from tests.sheets.pictures import HOST, PictureSite, picture, picture_site

PUBLIC = "93.184.215.14"


@pytest.fixture
def site() -> Iterator[PictureSite]:
    with picture_site() as running:
        running.has("/four.jpg", picture())
        yield running


def loopback(site: PictureSite) -> Fetcher:
    """May go to that one server of this machine, and to no other."""

    def resolving(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"] if host == HOST else fetching.resolve(host, port)

    return Fetcher(lambda address: address == "127.0.0.1" or is_public(address), (80, 443, site.port), resolving)


def get(fetcher: Fetcher, url: str, seconds: float = 5.0) -> bytes:
    return fetcher.get(url, time.monotonic() + seconds)


def refusal(fetcher: Fetcher, url: str, seconds: float = 5.0) -> NotFetched:
    with pytest.raises(NotFetched) as refused:
        get(fetcher, url, seconds)
    return refused.value


# Whom it may talk to


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14", "2002:5db8:d70e::1", "64:ff9b::5db8:d70e"]
)
def test_a_public_address_may_be_asked(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.2.1",
        "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
        "fec0::1", "ff0e::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001:0:1::", "", "localhost",
    ],
)  # fmt: skip
def test_an_address_of_the_house_is_never_asked(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0177.0.0.1",
        "0x7f.1",
        "127.1",
        "0",
        "[::1]",
        "[::ffff:7f00:1]",
        "[::ffff:127.0.0.1]",
        "①②⑦.0.0.1",
    ],
)
def test_however_the_loopback_is_spelt_it_is_not_asked(site: PictureSite, host: str) -> None:
    """The ports are open here: it is the address that is refused."""
    refused = refusal(Fetcher(ports=(site.port,)), site.url("/four.jpg", host))
    assert isinstance(refused, Forbidden) or str(refused) == "ce site est introuvable"
    assert site.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://images.example.org/a.jpg", "file:///etc/passwd", "gopher://127.0.0.1/", "data:image/png;base64,iVBO", "//images.example.org/a.jpg",
        "https://", "http://lyse:secret@images.example.org/a.jpg", "http://lyse@images.example.org/a.jpg", "http://images.example.org:22/a.jpg",
        "http://images.example.org:8501/a.jpg",
    ],
)  # fmt: skip
def test_other_schemes_ports_and_passwords_are_refused_for_good(url: str) -> None:
    assert isinstance(refusal(Fetcher(resolving=lambda *_: [PUBLIC]), url), Forbidden)


def test_a_malformed_address_is_told() -> None:
    assert str(refusal(Fetcher(), "http://[::1/a.jpg")) == "cette adresse est mal écrite"


def test_one_private_address_among_public_ones_forbids_the_host() -> None:
    fetcher = Fetcher(resolving=lambda *_: [PUBLIC, "10.0.0.1"])
    assert isinstance(refusal(fetcher, "http://images.example.org/a.jpg"), Forbidden)


def test_the_name_is_asked_once_and_the_very_address_that_was_checked_is_called(
    site: PictureSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers public first and private afterwards (DNS rebinding) gains nothing."""
    asked: list[str] = []

    def resolving(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    called: list[str] = []
    connect = socket.create_connection

    def connecting(address: tuple[str, int], *more: object) -> socket.socket:
        called.append(address[0])
        return connect(address, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "create_connection", connecting)
    fetcher = Fetcher(allowed=lambda address: address == "127.0.0.1", ports=(site.port,), resolving=resolving)
    assert get(fetcher, site.url("/four.jpg", "images.example.org"))
    assert (asked, called) == (["images.example.org"], ["127.0.0.1"])
    assert site.asked == [(f"images.example.org:{site.port}", "/four.jpg")]


def test_the_next_address_of_a_host_is_tried(site: PictureSite) -> None:
    fetcher = Fetcher(allowed=lambda _: True, ports=(site.port,), resolving=lambda *_: ["127.255.255.254", "127.0.0.1"])
    assert get(fetcher, site.url("/four.jpg", "images.example.org"))


# Redirections


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/", "http://[::1]/", "http://10.0.0.1/", "http://2130706434/", "//127.0.0.2/", "file:///etc/passwd",
        "http://127.0.0.1:22/", "ftp://images.example.org/", "http://[::ffff:169.254.169.254]/", "http://[64:ff9b::a9fe:a9fe]/",
    ],
)  # fmt: skip
def test_a_redirection_is_checked_as_the_first_address_was(site: PictureSite, location: str) -> None:
    url = site.sends_to("/ailleurs", location)
    assert isinstance(refusal(loopback(site), url), Forbidden)


def test_metadata_by_name_is_not_asked(site: PictureSite) -> None:
    names = {"metadata.google.internal": ["169.254.169.254"], HOST: ["127.0.0.1"]}
    fetcher = Fetcher(
        allowed=lambda address: address == "127.0.0.1", ports=(80, site.port), resolving=lambda host, _: names[host]
    )
    assert isinstance(refusal(fetcher, site.sends_to("/a", "http://metadata.google.internal/")), Forbidden)


def test_redirections_are_followed_up_to_five(site: PictureSite) -> None:
    for step in range(7):
        site.sends_to(f"/pas-{step}", f"/pas-{step + 1}", status=(301, 302, 303, 307, 308)[step % 5])
    site.has("/pas-7", picture())
    assert get(loopback(site), site.url("/pas-2", "127.0.0.1"))
    assert str(refusal(loopback(site), site.url("/pas-1", "127.0.0.1"))) == "trop de redirections : 5 au plus"


def test_a_redirection_with_accents_and_blanks_is_followed(site: PictureSite) -> None:
    site.sends_to("/a", "/four à pain.jpg".encode().decode("latin-1"))
    site.has("/four%20%C3%A0%20pain.jpg", picture())
    assert get(loopback(site), site.url("/a", "127.0.0.1"))


# Bounds


def test_a_file_too_large_is_not_read(site: PictureSite, monkeypatch: pytest.MonkeyPatch) -> None:
    site.has("/annonce", b"x", length=12_345_678)
    assert str(refusal(loopback(site), site.url("/annonce", "127.0.0.1"))) == "trop grande : 12 Mo, 8 au plus"
    site.has("/tait", b"x" * (fetching.LARGEST + 1), length=-1)
    assert str(refusal(loopback(site), site.url("/tait", "127.0.0.1"))) == "trop grande : plus de 8 Mo"


@pytest.mark.slow
@pytest.mark.parametrize("drip", [0.02, 0.3])
def test_a_site_that_drips_is_cut_off(site: PictureSite, drip: float) -> None:
    """Each byte comes well within any silence that a socket bears; `0.3`: not even the headers come."""
    url = site.has("/goutte", picture(), drip_seconds=drip)
    began = time.monotonic()
    refused = refusal(loopback(site), url, seconds=1.0)
    assert time.monotonic() - began < 10
    assert ("ne vient pas" in str(refused), refused.lasting) == (True, False)


def test_an_answer_cut_short_is_no_answer(site: PictureSite) -> None:
    refused = refusal(loopback(site), site.has("/court", picture()[:100], length=5000))
    assert (str(refused), refused.lasting) == ("ce site ne répond pas", False)


@pytest.mark.parametrize(
    ("status", "lasting"), [(404, True), (403, True), (410, True), (500, False), (503, False), (429, False), (204, True)]
)
def test_a_status_is_told_and_some_may_pass(site: PictureSite, status: int, lasting: bool) -> None:
    refused = refusal(loopback(site), site.has("/a", b"", status=status))
    assert (str(refused), refused.lasting) == (f"la photo ne s'ouvre pas ({status})", lasting)


def test_what_is_sent_says_nothing_of_visitors(site: PictureSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cookie, no credential, no proxy of the environment; nothing packed, lest it swell."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    get(loopback(site), site.url("/four.jpg", "127.0.0.1"))
    assert {"Host", "Accept-Encoding", "User-Agent", "Accept", "Connection"} == set(site.headers[0])
    assert site.headers[0]["Accept-Encoding"] == "identity"


def test_no_server_and_no_name_may_pass(site: PictureSite) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        fetcher = Fetcher(allowed=lambda _: True, ports=(port,))
        assert (str(refused := refusal(fetcher, f"http://127.0.0.1:{port}/")), refused.lasting) == (
            "ce site ne répond pas",
            False,
        )

    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    refused = refusal(Fetcher(resolving=unknown), "https://nulle-part.example/a.jpg")
    assert (str(refused), refused.lasting) == ("ce site est introuvable", False)


# TLS


def certificate(name: str, folder: Path) -> Path:
    """A certificate for that name, signed by itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        subject, subject, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1)
    )
    signed = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(key, hashes.SHA256())
    path = folder / f"{name}.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate for HOST that this process trusts as it does the web's own."""
    path = certificate(HOST, tmp_path)
    make = ssl.create_default_context
    monkeypatch.setattr(ssl, "create_default_context", lambda: make(cafile=str(path)))
    return path


def test_over_tls_the_host_s_own_name_is_asked_for_and_its_certificate_verified(trusted: Path) -> None:
    with picture_site(trusted) as site:
        site.has("/four.jpg", picture())
        assert get(loopback(site), f"https://{HOST}:{site.port}/four.jpg")
        assert (site.named, site.asked) == ([HOST], [(f"{HOST}:{site.port}", "/four.jpg")])
        refused = refusal(loopback(site), f"https://127.0.0.1:{site.port}/four.jpg")
        assert (str(refused), refused.lasting) == ("le certificat de ce site n'est pas valable", False)


@pytest.mark.slow
def test_a_site_that_drips_over_tls_is_cut_off_too(trusted: Path) -> None:
    with picture_site(trusted) as site:
        site.has("/goutte", picture(), drip_seconds=0.05)
        assert "ne vient pas" in str(refusal(loopback(site), f"https://{HOST}:{site.port}/goutte", seconds=1.0))


def test_a_site_without_tls_is_not_taken_at_its_word(site: PictureSite) -> None:
    assert not refusal(loopback(site), f"https://{HOST}:{site.port}/four.jpg").lasting
