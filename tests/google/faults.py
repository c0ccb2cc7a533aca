"""What may go wrong between us and Google, with the very JSON that Google answers."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

Where = Literal["api", "token", "both"]


@dataclass(frozen=True)
class Fault:
    """One way to answer wrong. Without a status, what is spoilt is the right answer's way to us."""

    status: int = 0
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    where: Where = "api"
    hang: float = 0.0
    """Seconds of silence, then the connection is closed."""
    drip: float = 0.0
    """Seconds between two bytes of an answer that never ends."""
    drip_headers: bool = False
    truncated: bool = False
    """Half of the JSON, in a whole HTTP answer."""
    cut: bool = False
    """The connection closes in the middle of the body."""
    reset: bool = False
    """TCP reset instead of an answer."""


def error(code: int, status: str, message: str, details: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"code": code, "message": message, "status": status}
    return {"error": body | ({"details": details} if details else {})}


def quota(retry_after: str | int | None = None, where: Where = "api") -> Fault:
    """Too many reads. Google itself sends no Retry-After here, but a proxy may; seconds or an HTTP date."""
    message = (
        "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute per user' of service "
        "'sheets.googleapis.com' for consumer 'project_number:123456789012'."
    )
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {
            "service": "sheets.googleapis.com",
            "quota_limit": "ReadRequestsPerMinutePerUser",
            "quota_limit_value": "60",
        },
    }
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Fault(429, error(429, "RESOURCE_EXHAUSTED", message, [info]), headers, where)


def server_error(where: Where = "api") -> Fault:
    return Fault(500, error(500, "INTERNAL", "Internal error encountered."), where=where)


def unavailable(retry_after: str | int | None = None, where: Where = "api") -> Fault:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Fault(503, error(503, "UNAVAILABLE", "The service is currently unavailable."), headers, where)


def bad_gateway() -> Fault:
    """A front end's page, which is no JSON."""
    return Fault(502, "<!DOCTYPE html><html lang=en><title>Error 502 (Server Error)!!1</title>")


def hang(seconds: float, where: Where = "api") -> Fault:
    return Fault(hang=seconds, where=where)


def drip(seconds: float, headers: bool = False, where: Where = "api") -> Fault:
    return Fault(drip=seconds, drip_headers=headers, where=where)


def truncated(where: Where = "api") -> Fault:
    return Fault(truncated=True, where=where)


def cut(where: Where = "api") -> Fault:
    return Fault(cut=True, where=where)


def reset(where: Where = "api") -> Fault:
    return Fault(reset=True, where=where)


def unauthenticated() -> Fault:
    """A token that is not, or no longer, good."""
    message = (
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication "
        "credential. See https://developers.google.com/identity/sign-in/web/devconsole-project."
    )
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_EXPIRED",
        "domain": "googleapis.com",
        "metadata": {"service": "sheets.googleapis.com"},
    }
    return Fault(401, error(401, "UNAUTHENTICATED", message, [info]))


def revoked(description: str = "Invalid JWT Signature.") -> Fault:
    """The token endpoint refuses the key: it was deleted, or another's."""
    return Fault(400, {"error": "invalid_grant", "error_description": description}, where="token")


def wrong_clock() -> Fault:
    return revoked(
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
        "Check your iat and exp values in the JWT claim."
    )


def forbidden() -> Fault:
    return Fault(403, error(403, "PERMISSION_DENIED", "The caller does not have permission"))


def narrow_scope() -> Fault:
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
        "domain": "googleapis.com",
        "metadata": {"service": "sheets.googleapis.com"},
    }
    return Fault(403, error(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.", [info]))


def api_disabled() -> Fault:
    address = "https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=123456789012"
    message = (
        f"Google Sheets API has not been used in project 123456789012 before or it is disabled. Enable it by visiting {address} then "
        "retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry."
    )
    details: list[dict[str, Any]] = [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "SERVICE_DISABLED",
            "domain": "googleapis.com",
            "metadata": {
                "service": "sheets.googleapis.com",
                "serviceTitle": "Google Sheets API",
                "consumer": "projects/123456789012",
                "activationUrl": address,
            },
        },
        {"@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US", "message": message},
        {
            "@type": "type.googleapis.com/google.rpc.Help",
            "links": [{"description": "Google developers console API activation", "url": address}],
        },
    ]
    return Fault(403, error(403, "PERMISSION_DENIED", message, details))


def not_found() -> Fault:
    return Fault(404, error(404, "NOT_FOUND", "Requested entity was not found."))


def excel_file() -> Fault:
    """The spreadsheet is an .xlsx laid on Drive, not converted."""
    return Fault(400, error(400, "FAILED_PRECONDITION", "This operation is not supported for this document"))


def bad_request(message: str) -> Fault:
    return Fault(400, error(400, "INVALID_ARGUMENT", message))


class Faults:
    """The faults to come: some for the next calls, then one for as long as it is switched on."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._coming: list[Fault] = []
        self._standing: Fault | None = None

    def next(self, *faults: Fault, times: int = 1) -> None:
        """The next calls meet these, in this order; `times` repeats the whole."""
        with self._lock:
            self._coming += list(faults) * times

    @contextmanager
    def standing(self, fault: Fault) -> Iterator[None]:
        """Every call meets this one, as long as the block lasts."""
        self.switch(fault)
        try:
            yield
        finally:
            self.switch(None)

    def switch(self, fault: Fault | None) -> None:
        """Every call meets this one from now on; None ends it."""
        self._standing = fault

    def take(self, where: Where) -> Fault | None:
        """The fault that this call meets."""
        with self._lock:
            for place, fault in enumerate(self._coming):
                if fault.where in (where, "both"):
                    return self._coming.pop(place)
        standing = self._standing
        return standing if standing and standing.where in (where, "both") else None
