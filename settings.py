"""Where the sheet is and how to run: `.streamlit/secrets.toml` and the environment, read once into one frozen object."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import words as words_

ROOT = Path(__file__).resolve().parent
SECRETS = ROOT / ".streamlit" / "secrets.toml"
DEFAULT_WORKBOOK = ROOT / "var" / "feuille.xlsx"
IGN_TILES = (
    "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2"
    "&STYLE=normal&FORMAT=image/png&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
)
"""The national mapping agency's plan: public, without key, without trackers."""
OPEN_PAGES = 500
"""Live pages at once: about 0.3 MB each, so 150 MB of a machine of 1 GB (docs/decisions/0023)."""
NATIONAL_GEOCODER = "https://data.geopf.fr/geocodage"


class WrongSetting(ValueError):
    """A setting that cannot work. The message is one French line: the setting, its value, what to write where."""


@dataclass(frozen=True)
class Smtp:
    """The mail server that takes what merchants are told (embedded sheet only)."""

    host: str
    port: int
    security: str
    """`starttls`, `ssl` or `none`."""
    user: str
    """`""`: no login."""
    password: str = field(repr=False)
    sender: str
    """The address that messages come from."""
    per_hour: int


@dataclass(frozen=True)
class Settings:
    """Every setting of DESIGN's table. Secrets never appear in `repr`."""

    spreadsheet: str
    """URL or key of a Google spreadsheet, or path of an .xlsx file."""
    embedded: bool
    """True where the spreadsheet is a local workbook."""
    store: str
    refresh_seconds: float
    api: str | None
    sync: bool
    """True: this process runs the sync loop."""
    write_suivi: bool
    accept_drop: bool
    feuille_key: str | None = field(repr=False)
    """None: the caller draws a random one."""
    mag_key: str | None = field(repr=False)
    """Opens the drafts of «Le Mag»; None: one made from that of `/feuille`, or none."""
    geocoder_url: str | None
    responses_tab: str | None
    site_url: str | None
    embed_origins: tuple[str, ...]
    """Sites that may frame `/?embed=1…`; empty: none, `("*",)`: any. No other page is framed by anybody but ourselves."""
    metrics: bool
    open_pages: int
    """Live pages at once; beyond, visitors have the server-written ones alone."""
    map_tiles: str | None
    """Address of raster tiles with `{z}`, `{x}`, `{y}`; None: the map has a plain background and asks nobody."""
    service_account: Mapping[str, Any] | None = field(repr=False)
    smtp: Smtp | None
    """None: messages to merchants wait as files in a folder."""
    words: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the territory says in its own words, by the words of the code; `words.use` says it."""

    @property
    def workbook(self) -> Path | None:
        return Path(self.spreadsheet) if self.embedded else None


def load(environ: Mapping[str, str] = os.environ, secrets_path: Path = SECRETS) -> Settings:
    """Reads both sources; the environment wins.

    Raises WrongSetting with what to write where. Does not touch the network.
    """
    secrets = _secrets(secrets_path)
    sheet, site = _table(secrets, "sheet"), _table(secrets, "site")
    account = secrets.get("gcp_service_account")
    if account is not None and not isinstance(account, dict):
        raise WrongSetting(
            "[gcp_service_account] de .streamlit/secrets.toml doit être un bloc : collez-y la clé JSON, une ligne par champ."
        )
    spreadsheet = environ.get("CONSO_SPREADSHEET") or str(sheet.get("spreadsheet") or "") or str(DEFAULT_WORKBOOK)
    embedded = spreadsheet.lower().endswith((".xlsx", ".xlsm")) and "://" not in spreadsheet
    sync = (
        _one_of("CONSO_SYNC ou [sheet] sync", environ.get("CONSO_SYNC") or sheet.get("sync") or "inline", ("inline", "off"))
        == "inline"
    )
    if embedded:
        spreadsheet = str(_workbook(spreadsheet))
    else:
        _check_address(spreadsheet)
        if sync:  # a process that never reads the sheet needs no key of it
            require_account(spreadsheet, account)
    return Settings(
        spreadsheet=spreadsheet,
        embedded=embedded,
        store=environ.get("CONSO_STORE") or str(sheet.get("store") or ROOT / "var" / "snapshot"),
        refresh_seconds=_seconds(
            environ.get("CONSO_REFRESH_SECONDS") or sheet.get("refresh_seconds"), 2.0 if embedded else 60.0
        ),
        api=environ.get("CONSO_SHEETS_API") or sheet.get("api") or None,
        sync=sync,
        write_suivi=_flag(
            "CONSO_WRITE_SUIVI ou [sheet] write_suivi", environ.get("CONSO_WRITE_SUIVI") or sheet.get("write_suivi"), embedded
        ),
        accept_drop=_flag("[sheet] accept_drop", sheet.get("accept_drop"), False),
        feuille_key=environ.get("CONSO_FEUILLE_KEY") or _table(secrets, "feuille").get("key") or None,
        mag_key=_mag_key(environ.get("CONSO_MAG_KEY") or _table(secrets, "mag").get("key")),
        geocoder_url=_geocoder(environ, secrets, embedded),
        responses_tab=environ.get("CONSO_RESPONSES_TAB") or sheet.get("responses_tab") or None,
        site_url=_site_url(environ.get("CONSO_SITE_URL") or site.get("url")),
        embed_origins=_origins(environ.get("CONSO_EMBED_ORIGINS") or site.get("embed_origins")),
        metrics=_flag("CONSO_METRICS ou [site] metrics", environ.get("CONSO_METRICS") or site.get("metrics"), False),
        open_pages=_open_pages(environ.get("CONSO_OPEN_PAGES") or site.get("open_pages")),
        map_tiles=_map_tiles(environ.get("CONSO_MAP_TILES"), site.get("map_tiles")),
        service_account=account,
        smtp=_smtp(environ, _table(secrets, "smtp"), bool(environ.get("CONSO_SITE_URL") or site.get("url")))
        if embedded
        else None,
        words=_words(environ.get("CONSO_WORDS") or site.get("words")),
    )


def load_words(environ: Mapping[str, str] = os.environ, secrets_path: Path = SECRETS) -> Mapping[str, str]:
    """The territory's own words alone, for what needs no sheet. Raises WrongSetting."""
    return _words(environ.get("CONSO_WORDS") or _table(_secrets(secrets_path), "site").get("words"))


def _words(written: Any) -> Mapping[str, str]:
    path = Path(str(written)).expanduser() if written else words_.CATALOGUE
    if not path.is_absolute():
        path = Path.cwd() / path if (Path.cwd() / path).exists() else ROOT / path
    if written and not path.is_file():
        raise WrongSetting(
            f"CONSO_WORDS = {written} : ce fichier n'existe pas ; "
            "écrivez dans CONSO_WORDS ou [site] words le chemin d'un catalogue .po, par exemple d'une copie de mots/fr.po."
        )
    try:
        return words_.load(path)
    except words_.WrongWords as error:
        raise WrongSetting(f"CONSO_WORDS : {error}") from error


def _mag_key(written: Any) -> str | None:
    if written and not re.fullmatch(r"[A-Za-z0-9_-]{16,200}", str(written)):
        raise WrongSetting(
            "CONSO_MAG_KEY (valeur cachée) : attendu au moins 16 lettres sans accent, chiffres, - ou _, dans CONSO_MAG_KEY ou [mag] key ; "
            "`python -m sheets apercu` en propose une."
        )
    return str(written) if written else None


def _map_tiles(*written: Any) -> str | None:
    chosen = next((value for value in written if value is not None), IGN_TILES)
    if chosen and not (
        re.match(r"https?://[^\s/]+/", str(chosen)) and all(part in str(chosen) for part in ("{z}", "{x}", "{y}"))
    ):
        raise WrongSetting(
            f"CONSO_MAP_TILES = {chosen} : attendu une adresse de tuiles avec {{z}}, {{x}} et {{y}}, ou rien, dans CONSO_MAP_TILES ou [site] map_tiles."
        )
    return str(chosen) or None


def _secrets(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        where = re.search(r"\(at (.*)\)", str(error))
        raise WrongSetting(
            f".streamlit/secrets.toml n'est pas lisible{' (' + where[1] + ')' if where else ''} : comparez-le à .streamlit/secrets.toml.example."
        ) from None
    except OSError as error:
        raise WrongSetting(
            f".streamlit/secrets.toml n'est pas lisible ({error.strerror}) : rendez-le lisible par l'application."
        ) from error


def _table(secrets: dict[str, Any], name: str) -> dict[str, Any]:
    table = secrets.get(name, {})
    if not isinstance(table, dict):
        raise WrongSetting(
            f"[{name}] de .streamlit/secrets.toml doit être un bloc, comme dans .streamlit/secrets.toml.example."
        )
    return table


def _workbook(written: str) -> Path:
    """The workbook's absolute path. The default one may still be missing: it is made from `demo/`."""
    path = Path(written).expanduser()
    if not path.is_absolute():
        path = Path.cwd() / path if (Path.cwd() / path).exists() else ROOT / path
    if path != DEFAULT_WORKBOOK and not path.is_file():
        raise WrongSetting(
            f"CONSO_SPREADSHEET = {written} : ce fichier n'existe pas ; "
            "écrivez dans CONSO_SPREADSHEET ou [sheet] spreadsheet le chemin d'un classeur .xlsx qui existe."
        )
    return path


def _check_address(spreadsheet: str) -> None:
    is_address = re.match(r"https://docs\.google\.com/spreadsheets/d/[\w-]{20,}", spreadsheet)
    is_key = re.fullmatch(r"[\w-]{20,}", spreadsheet)
    if not (is_address or is_key):
        raise WrongSetting(
            f"CONSO_SPREADSHEET = {spreadsheet} : attendu l'adresse d'une feuille Google (https://docs.google.com/spreadsheets/d/…), sa clé, "
            "ou le chemin d'un fichier .xlsx ; écrivez-la dans CONSO_SPREADSHEET ou [sheet] spreadsheet."
        )


def require_account(spreadsheet: str, account: object) -> None:
    """Raises WrongSetting where this account cannot read a Google spreadsheet."""
    if not account:
        raise WrongSetting(
            f"CONSO_SPREADSHEET = {spreadsheet} : une feuille Google demande un compte de service ; "
            "collez sa clé dans le bloc [gcp_service_account] de .streamlit/secrets.toml (voir docs/deploiement.md)."
        )
    missing = [
        name for name in ("client_email", "private_key", "token_uri") if not isinstance(account, dict) or not account.get(name)
    ]
    if missing:
        raise WrongSetting(
            f"[gcp_service_account] de .streamlit/secrets.toml : il manque {', '.join(missing)} ; recopiez toute la clé JSON du compte de service."
        )


def _seconds(written: Any, default: float) -> float:
    if written in (None, ""):
        return default
    try:
        seconds = float(written)
    except (TypeError, ValueError):
        seconds = 0.0
    if not 1 <= seconds <= 86_400:
        raise WrongSetting(
            f"CONSO_REFRESH_SECONDS = {written} : attendu un nombre de secondes, de 1 à 86400, dans CONSO_REFRESH_SECONDS ou [sheet] refresh_seconds."
        )
    return seconds


def _open_pages(written: Any) -> int:
    value = str(OPEN_PAGES if written in (None, "") else written).strip()
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 100_000):
        raise WrongSetting(
            f"CONSO_OPEN_PAGES = {' '.join(value.split())} : attendu un nombre de pages vivantes, de 1 à 100000, dans CONSO_OPEN_PAGES ou [site] open_pages."
        )
    return int(value)


def _flag(name: str, written: Any, default: bool) -> bool:
    if written in (None, ""):
        return default
    value = str(written).strip().lower()
    if value in ("1", "true", "yes", "on", "oui", "vrai"):
        return True
    if value in ("0", "false", "no", "off", "non", "faux"):
        return False
    raise WrongSetting(f"{name} = {written} : attendu true ou false.")


def _one_of(name: str, written: Any, accepted: tuple[str, ...]) -> str:
    value = str(written).strip().lower()
    if value not in accepted:
        raise WrongSetting(f"{name} = {written} : attendu {' ou '.join(accepted)}.")
    return value


def _geocoder(environ: Mapping[str, str], secrets: dict[str, Any], embedded: bool) -> str | None:
    written = environ.get("CONSO_GEOCODER_URL")
    if written is None:
        written = _table(secrets, "geocoder").get("url")
    if written is None:
        return None if embedded else NATIONAL_GEOCODER
    if written and not re.match(r"https?://[^\s/]+", str(written)):
        raise WrongSetting(
            f"CONSO_GEOCODER_URL = {written} : attendu une adresse http(s) compatible avec la Base Adresse Nationale, ou rien, dans CONSO_GEOCODER_URL ou [geocoder] url."
        )
    return str(written).rstrip("/") or None


_PORTS = {"starttls": 587, "ssl": 465, "none": 25}


def _smtp(environ: Mapping[str, str], table: Mapping[str, Any], has_address: bool) -> Smtp | None:
    def said(name: str) -> str:
        written = environ.get(f"CONSO_SMTP_{name.upper()}")
        return str(table.get(name, "") if written is None else written).strip()

    def wrong(name: str, value: str, expected: str) -> WrongSetting:
        return WrongSetting(
            f"CONSO_SMTP_{name.upper()} = {' '.join(value.split())} : attendu {expected}, dans CONSO_SMTP_{name.upper()} ou [smtp] {name}."
        )

    names = ("host", "port", "security", "user", "password", "from", "per_hour")
    strange = next((name for name in table if name not in names), None)
    if strange is not None:
        raise WrongSetting(
            f"[smtp] {strange} n'est pas un réglage : écrivez {', '.join(names)} dans [smtp] de .streamlit/secrets.toml."
        )
    if not any(map(said, names)):
        return None
    host, user, sender = said("host"), said("user"), said("from") or said("user")
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9a-fA-F:]+", host):
        raise wrong("host", host, "le nom du serveur de courrier, par exemple smtp.exemple.fr")
    security = _one_of("CONSO_SMTP_SECURITY ou [smtp] security", said("security") or "starttls", tuple(_PORTS))
    port, per_hour = said("port") or str(_PORTS[security]), said("per_hour") or "60"
    if not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65_535):
        raise wrong("port", port, "un numéro de port, par exemple 587")
    if not (per_hour.isascii() and per_hour.isdigit() and 1 <= int(per_hour) <= 10_000):
        raise wrong("per_hour", per_hour, "un nombre de messages par heure, de 1 à 10000")
    if bool(user) != bool(said("password")):
        raise WrongSetting(
            "[smtp] user et password vont ensemble : écrivez les deux dans CONSO_SMTP_USER et CONSO_SMTP_PASSWORD, ou dans [smtp], ou aucun."
        )
    if user and security == "none" and host not in ("localhost", "127.0.0.1", "::1"):
        raise wrong("security", security, "starttls ou ssl : le mot de passe partirait en clair")
    if not re.fullmatch(
        r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+", sender
    ):
        raise wrong("from", sender, "l'adresse e-mail d'où partent les messages, par exemple bonjour@exemple.fr")
    if not has_address:
        raise WrongSetting(
            "[smtp] demande l'adresse publique du site, pour les liens des messages : écrivez-la dans CONSO_SITE_URL ou [site] url."
        )
    return Smtp(host, int(port), security, user, said("password"), sender, int(per_hour))


def _site_url(written: Any) -> str | None:
    if not written:
        return None
    if not re.fullmatch(r"https?://[A-Za-z0-9.\-]+(:\d{1,5})?(/[^\s?#]*)?", str(written)):
        raise WrongSetting(
            f"CONSO_SITE_URL = {written} : attendu l'adresse publique du site, par exemple https://conso.example.org, dans CONSO_SITE_URL ou [site] url."
        )
    return str(written).rstrip("/")


def _origins(written: Any) -> tuple[str, ...]:
    """Scheme, host and port of each, e.g. `https://mairie.example.org`, `https://*.example.org`; `*` alone."""
    parts = re.split(r"[,\s]+", written) if isinstance(written, str) else written or ()
    if not isinstance(parts, list | tuple):
        parts = (parts,)
    origins = tuple(str(part).rstrip("/").lower() for part in parts if part != "")
    if origins == ("*",):
        return origins
    for origin in origins:
        if not re.fullmatch(r"https?://(\*\.)?([a-z0-9-]+\.)*[a-z0-9-]+(:\d{1,5})?", origin):
            raise WrongSetting(
                f"CONSO_EMBED_ORIGINS = {origin} : attendu des sites, par exemple https://mairie.example.org, séparés par des virgules, ou * seul pour tous, "
                "dans CONSO_EMBED_ORIGINS ou [site] embed_origins."
            )
    return origins
