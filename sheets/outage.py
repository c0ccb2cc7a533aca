"""What an error of gspread, requests or google-auth means, said in French to the team, with what to do about it.

No message quotes what Google sent back nor the spreadsheet's address; `public` is what `/readyz` shows of one to anybody.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import requests
from google.auth.exceptions import RefreshError
from gspread.exceptions import APIError, SpreadsheetNotFound
from urllib3.exceptions import NameResolutionError, NewConnectionError

from settings import Settings
from sheets.problems import (
    AccessDenied,
    ApiDisabled,
    BrokenAnswer,
    NotASpreadsheet,
    QuotaExceeded,
    SheetError,
    SheetNotFound,
    SheetUnreachable,
    TimedOut,
    WrongKey,
)

LONGEST_RETRY_AFTER = 300.0
"""Seconds that another side is believed, where it asks for more."""
KEEPS = "Le site garde la dernière version lue, et réessaie tout seul."
KEY_ADVICE = (
    "Dans la console Google Cloud, créez une nouvelle clé JSON pour ce compte de service, "
    "et recopiez-la dans [gcp_service_account] de .streamlit/secrets.toml."
)
ENABLE = "https://console.cloud.google.com/apis/library/sheets.googleapis.com"


def explain(error: BaseException, settings: Settings, writing: bool = False) -> SheetError:
    """The SheetError to raise from `error`. `writing`: the call was to change the sheet."""
    if isinstance(error, SheetError):
        return error
    if settings.embedded:
        return SheetUnreachable(
            f"Le classeur {settings.spreadsheet} ne se laisse pas lire ({type(error).__name__}). Ouvrez-le dans un tableur et réenregistrez-le."
        )
    for cause in _chain(error):
        if isinstance(cause, (APIError, requests.HTTPError)) and cause.response is not None:
            return _refusal(cause.response, settings, writing)
        if isinstance(cause, SpreadsheetNotFound):
            return _not_found()
        if isinstance(cause, RefreshError):
            return _token_refused(cause, settings)
        if isinstance(cause, requests.RequestException):
            return _network(cause)
    if isinstance(error, (ValueError, LookupError, TypeError, AttributeError)):
        return _broken()
    return SheetUnreachable(f"La feuille n'a pas pu être lue ({type(error).__name__}). {KEEPS}")


def public(message: str, settings: Settings) -> str:
    """A message of ours without the machine's paths, the store's address and the service account's: those are for the log."""
    places = [(settings.store, "stockage")]
    if account := _account(settings):
        places.append((account, "compte de service"))
    if settings.workbook is not None:
        places += [(str(settings.workbook), "classeur"), (str(settings.workbook.parent), "dossier")]
    for place, name in sorted(places, key=lambda item: -len(item[0])):
        message = message.replace(f"{name} {place}", name).replace(place, f"le {name}")
    return message


def key_unreadable(settings: Settings) -> WrongKey:
    return WrongKey(
        f"La clé privée du compte de service {_account(settings)} n'est pas lisible : private_key doit être recopiée entière, "
        f"de -----BEGIN PRIVATE KEY----- à -----END PRIVATE KEY-----. {KEY_ADVICE}"
    )


def retry_after(response: requests.Response) -> float | None:
    """Seconds that the other side asks us to wait, at most 300; it writes seconds or an HTTP date. None where it says nothing usable."""
    written = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}", written):  # e.g. `120`
        seconds = float(written)
    else:
        try:
            until = parsedate_to_datetime(written)
        except ValueError:
            return None
        seconds = (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _refusal(response: requests.Response, settings: Settings, writing: bool) -> SheetError:
    """An HTTP status of the API or of the token endpoint."""
    code, wait = response.status_code, retry_after(response)
    status, said, reasons, activation = _body(response)
    if code == HTTPStatus.TOO_MANY_REQUESTS or reasons & {"RATE_LIMIT_EXCEEDED", "rateLimitExceeded", "userRateLimitExceeded"}:
        return QuotaExceeded(
            f"Google refuse pour l'instant : trop de lectures en une minute. {KEEPS} Si cela revient, augmentez [sheet] refresh_seconds.",
            wait,
        )
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR or code == HTTPStatus.REQUEST_TIMEOUT:
        return SheetUnreachable(f"Google Sheets est en panne (erreur {code}). {KEEPS}", wait)
    if code == HTTPStatus.UNAUTHORIZED:
        return WrongKey(f"Google ne reconnaît pas le compte de service {_account(settings)}. {KEY_ADVICE}")
    if code == HTTPStatus.FORBIDDEN:
        return _forbidden(said, reasons, activation, settings, writing)
    if code == HTTPStatus.NOT_FOUND:
        return _not_found()
    if status == "FAILED_PRECONDITION" and "not supported for this document" in said:
        return NotASpreadsheet(
            "Cette adresse est celle d'un fichier Excel déposé sur Drive, que Google ne laisse pas lire. Ouvrez-le, choisissez "
            "«Fichier → Enregistrer au format Google Sheets», et écrivez l'adresse de la nouvelle feuille dans [sheet] spreadsheet."
        )
    if "protected" in said:
        return AccessDenied(
            f"La feuille protège des cases que le site doit écrire : autorisez {_account(settings)} à les modifier, ou mettez [sheet] write_suivi = false."
        )
    return SheetError(
        f"Google a refusé la demande (erreur {code}{' ' + status if status else ''}). {KEEPS} Si cela dure, signalez-le avec le journal du site.",
        wait,
    )


def _body(response: requests.Response) -> tuple[str, str, set[str], str]:
    """Of Google's error JSON: status, message, reasons, and where to enable the API. All blank where it is no such JSON."""
    try:
        error: dict[str, Any] = response.json()["error"]
        details = [detail for detail in error.get("details", ()) if isinstance(detail, dict)]
        reasons = {str(detail["reason"]) for detail in [*details, *error.get("errors", ())] if "reason" in detail}
        activation = next(
            (str(detail["metadata"]["activationUrl"]) for detail in details if "activationUrl" in detail.get("metadata", {})),
            "",
        )
        return str(error.get("status", "")), str(error.get("message", "")), reasons, activation
    except (ValueError, LookupError, TypeError, AttributeError):
        return "", "", set(), ""


def _forbidden(said: str, reasons: set[str], activation: str, settings: Settings, writing: bool) -> SheetError:
    if "SERVICE_DISABLED" in reasons or "has not been used in project" in said:
        asked = re.search(r"https://console\.[a-z.]*google\.com/\S+?project=[\w-]+", f"{activation} {said}")
        return ApiDisabled(
            "L'API Google Sheets n'est pas activée dans le projet du compte de service : "
            f"ouvrez {asked[0] if asked else ENABLE}, cliquez sur «Activer», et attendez quelques minutes."
        )
    if "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in reasons:
        return AccessDenied(
            "Le site n'a demandé à Google que le droit de lire : pour écrire «Suivi», mettez [sheet] write_suivi = true."
        )
    right = "en éditeur" if writing or settings.write_suivi else "en lecture"
    otherwise = ", ou mettez [sheet] write_suivi = false" if writing else ""
    return AccessDenied(
        f"La feuille n'est pas partagée avec le compte de service : invitez {_account(settings)} {right} "
        f"(dans la feuille, bouton «Partager»){otherwise}."
    )


def _not_found() -> SheetNotFound:
    return SheetNotFound(
        "Aucune feuille à cette adresse : elle a été supprimée, ou sa clé est mal recopiée. Vérifiez CONSO_SPREADSHEET ou [sheet] spreadsheet."
    )


def _token_refused(error: RefreshError, settings: Settings) -> SheetError:
    said = str(error).lower()
    if "short-lived token" in said or "reasonable timeframe" in said:
        return WrongKey("Google refuse l'accès parce que l'horloge de cette machine est fausse : remettez-la à l'heure (NTP).")
    if "account not found" in said or "deleted" in said:
        return WrongKey(f"Le compte de service {_account(settings)} n'existe plus. {KEY_ADVICE}")
    return WrongKey(
        f"Google refuse la clé du compte de service {_account(settings)} : elle est révoquée, ou mal recopiée. {KEY_ADVICE}"
    )


def _network(error: requests.RequestException) -> SheetError:
    if isinstance(error, requests.Timeout):
        return TimedOut(f"Google n'a pas répondu à temps. {KEEPS}")
    if isinstance(
        error, (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema)
    ):
        return SheetError(
            "L'adresse de Google est mal écrite : vérifiez token_uri dans [gcp_service_account], et CONSO_SHEETS_API si vous l'avez écrit."
        )
    if isinstance(error, requests.exceptions.SSLError):
        return SheetUnreachable(
            f"Le certificat de {_host(error)} n'est pas reconnu : vérifiez l'horloge et les certificats de cette machine. {KEEPS}"
        )
    if isinstance(error, requests.exceptions.ProxyError):
        return SheetUnreachable(
            f"Le mandataire (proxy) de cette machine ne laisse pas joindre {_host(error)} : vérifiez HTTPS_PROXY. {KEEPS}"
        )
    if isinstance(error, requests.ConnectionError):
        causes = list(_chain(error))
        if any(isinstance(cause, NameResolutionError) for cause in causes):
            return SheetUnreachable(
                f"L'adresse {_host(error)} est introuvable : vérifiez la connexion et le DNS de cette machine. {KEEPS}"
            )
        if any(isinstance(cause, NewConnectionError) for cause in causes):
            return SheetUnreachable(f"{_host(error)} n'est pas joignable : vérifiez la connexion de cette machine. {KEEPS}")
        return SheetUnreachable(f"La connexion à {_host(error)} a été coupée. {KEEPS}")
    return _broken()


def _broken() -> BrokenAnswer:
    return BrokenAnswer(f"La réponse de Google est incomplète ou illisible. {KEEPS}")


def _account(settings: Settings) -> str:
    return str((settings.service_account or {}).get("client_email", ""))


def _host(error: requests.RequestException) -> str:
    """The machine that was called, e.g. `sheets.googleapis.com`."""
    found = re.match(r"https?://([^/:?]+)", getattr(error.request, "url", None) or "")
    return found[1] if found else "Google"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, then what it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
