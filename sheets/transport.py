"""How Google is called: gspread as it is, with another root where the settings say so, and an end to each call."""

import re
import threading
from queue import Empty, SimpleQueue
from types import SimpleNamespace
from typing import Any

import requests
from google.auth.transport import Request
from google.auth.transport.requests import AuthorizedSession
from google.oauth2.service_account import Credentials
from gspread.http_client import HTTPClient

from settings import Settings
from sheets.outage import key_unreadable

GOOGLE = "https://sheets.googleapis.com"
READ_ONLY = "https://www.googleapis.com/auth/spreadsheets.readonly"
READ_WRITE = "https://www.googleapis.com/auth/spreadsheets"


def google(settings: Settings, call_seconds: float) -> tuple[HTTPClient, str]:
    """gspread's client and the spreadsheet's key. Calls nobody yet.

    Raises WrongKey where the account's private key is spoilt.
    """
    in_address = re.search(r"/d/([\w-]+)", settings.spreadsheet)  # e.g. https://docs.google.com/spreadsheets/d/KEY/edit#gid=0
    key = in_address[1] if in_address else settings.spreadsheet
    return _Client(_credentials(settings), settings.api or GOOGLE, call_seconds), key


def _credentials(settings: Settings) -> Credentials:
    account = dict(settings.service_account or {})
    # pasted between single quotes, a TOML string keeps the key's line breaks as the two signs \n
    account["private_key"] = str(account.get("private_key", "")).replace("\\n", "\n")
    try:
        return Credentials.from_service_account_info(account, scopes=[READ_WRITE if settings.write_suivi else READ_ONLY])
    except Exception as error:  # ValueError, and what cryptography raises for the many ways to spoil a key
        raise key_unreadable(settings) from error


class _Client(HTTPClient):
    """gspread's client, at another root than Google's where the settings say so, and with an end to each call."""

    def __init__(self, credentials: Credentials, root: str, call_seconds: float):
        super().__init__(credentials, AuthorizedSession(credentials, max_refresh_attempts=1, auth_request=_TokenRequest()))
        self._root, self._call_seconds = root.rstrip("/"), call_seconds
        self.calls = 0
        self.set_timeout(call_seconds)

    def request(self, method: str, endpoint: str, *args: Any, **kwargs: Any) -> requests.Response:
        """One call. Raises requests.Timeout when it lasts, even where bytes keep dripping in or a name never resolves.

        requests only bounds the silence between two bytes, so the call has a thread of its own, left behind when it lasts.
        """
        self.calls += 1
        outcomes: SimpleQueue[requests.Response | Exception] = SimpleQueue()

        def call() -> None:
            try:
                outcomes.put(super(_Client, self).request(method, endpoint.replace(GOOGLE, self._root, 1), *args, **kwargs))
            except Exception as error:
                outcomes.put(error)

        threading.Thread(target=call, name="sheets-call", daemon=True).start()
        try:
            outcome = outcomes.get(timeout=self._call_seconds)
        except Empty:
            raise requests.Timeout(f"no whole answer within {self._call_seconds} s") from None
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class _TokenRequest(Request):
    """Asks for a token once. google-auth's own would ask up to three times, and log the signed assertion."""

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Any = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> SimpleNamespace:
        response = requests.request(method, url, data=body, headers=headers, timeout=timeout, **kwargs)
        if response.status_code == requests.codes.too_many_requests or response.status_code >= 500:
            response.raise_for_status()
        if response.ok:
            response.json()["access_token"]  # raises here: google-auth would quote the answer, or take one cut short for a text
        return SimpleNamespace(status=response.status_code, headers=response.headers, data=response.content)
