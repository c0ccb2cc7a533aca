"""`[smtp]`: what cannot work is said in one French line before anything starts, and no password is ever repeated."""

from pathlib import Path

import pytest

from settings import Smtp, WrongSetting, load

URL = '[site]\nurl = "https://conso.example.org"\n'
HOST = '[smtp]\nhost = "smtp.exemple.fr"\n'
FROM = 'from = "bonjour@exemple.fr"\n'


def smtp(folder: Path, secrets: str, **environ: str) -> Smtp | None:
    path = folder / "secrets.toml"
    path.write_text(secrets, "utf-8")
    return load(environ, path).smtp


def test_without_it_there_is_none(tmp_path: Path) -> None:
    assert smtp(tmp_path, "") is None
    assert smtp(tmp_path, "[smtp]\n") is None
    assert smtp(tmp_path, URL + HOST + FROM, CONSO_SMTP_HOST="", CONSO_SMTP_FROM="") is None


def test_what_is_not_said_is_what_is_usual(tmp_path: Path) -> None:
    found = smtp(tmp_path, URL + HOST + 'user = "bonjour@exemple.fr"\npassword = "secret-mot"\n')
    assert found == Smtp("smtp.exemple.fr", 587, "starttls", "bonjour@exemple.fr", "secret-mot", "bonjour@exemple.fr", 60)
    assert "secret-mot" not in repr(found)


def test_the_environment_wins(tmp_path: Path) -> None:
    found = smtp(
        tmp_path,
        HOST,
        CONSO_SITE_URL="https://x.example",
        CONSO_SMTP_HOST="::1",
        CONSO_SMTP_SECURITY="SSL",
        CONSO_SMTP_FROM="a@b.fr",
        CONSO_SMTP_PER_HOUR="5",
    )
    assert found == Smtp("::1", 465, "ssl", "", "", "a@b.fr", 5)


@pytest.mark.parametrize(
    ("secrets", "said"),
    [
        (URL + '[smtp]\nfrom = "a@b.fr"\n', "CONSO_SMTP_HOST = "),
        (URL + '[smtp]\nhost = "smtp://x.fr"\n' + FROM, "CONSO_SMTP_HOST = smtp://x.fr"),
        (URL + '[smtp]\nhost = "x.fr\\nQUIT"\n' + FROM, "CONSO_SMTP_HOST"),
        (URL + HOST + FROM + "port = 0\n", "CONSO_SMTP_PORT = 0"),
        (URL + HOST + FROM + 'port = "²"\n', "CONSO_SMTP_PORT"),
        (URL + HOST + FROM + 'security = "tls"\n', "[smtp] security = tls : attendu starttls ou ssl ou none"),
        (URL + HOST + FROM + "per_hour = 0\n", "CONSO_SMTP_PER_HOUR = 0"),
        (URL + HOST + FROM + "per_hour = true\n", "CONSO_SMTP_PER_HOUR"),
        (URL + HOST + FROM + 'user = "x"\n', "[smtp] user et password vont ensemble"),
        (URL + HOST + FROM + 'password = "secret-mot"\n', "[smtp] user et password vont ensemble"),
        (URL + HOST + FROM + 'user = "x"\npassword = "secret-mot"\nsecurity = "none"\n', "partirait en clair"),
        (URL + HOST, "CONSO_SMTP_FROM = "),
        (URL + HOST + 'user = "x"\npassword = "secret-mot"\n', "CONSO_SMTP_FROM = x"),
        (URL + HOST + 'from = "Nous <a@b.fr>"\n', "CONSO_SMTP_FROM"),
        (URL + HOST + 'from = "a@b.fr\\nBcc: x@y.fr"\n', "CONSO_SMTP_FROM"),
        (HOST + FROM, "[smtp] demande l'adresse publique du site"),
        (URL + HOST + FROM + 'mot_de_passe = "secret-mot"\n', "[smtp] mot_de_passe n'est pas un réglage"),
        ("smtp = 3\n", "[smtp] de .streamlit/secrets.toml doit être un bloc"),
    ],
)
def test_what_cannot_work_is_said_in_one_line(tmp_path: Path, secrets: str, said: str) -> None:
    with pytest.raises(WrongSetting) as caught:
        smtp(tmp_path, secrets)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret-mot" not in str(caught.value)
