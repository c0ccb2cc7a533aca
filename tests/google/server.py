"""The HTTP side: routes, tokens and faults of the loopback Google."""

import gzip
import json
import os
import re
import secrets
import socket
import struct
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import jwt

from tests.google import faults, grid
from tests.google.faults import Fault, Faults, Where
from tests.google.grid import BadRequest, Held

EMAIL = "conso-locale@essai-123456.iam.gserviceaccount.com"
KEY = "1EssaiConsoLocale_0000000000000000000000000000"
AUDIENCE = "https://oauth2.googleapis.com/token"
"""What google-auth writes in the assertion, wherever `token_uri` sends it."""
SCOPES = "https://www.googleapis.com/auth/"
Query = dict[str, list[str]]
Answer = dict[str, Any]


class Call(NamedTuple):
    """One call to the API. `path` is decoded; `query` has every value of each parameter."""

    method: str
    path: str
    query: Query


class Refused(Exception):
    def __init__(self, fault: Fault):
        super().__init__(fault.status)
        self.fault = fault


@cache
def key_pair() -> tuple[str, str]:
    """A private key as a service account's JSON holds it, and its public key; drawn once a process."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # short: loading it is most of what a test waits for
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


class SheetsServer:
    """One spreadsheet, `tabs` by title, header first. Tests change `tabs` in place; writes of the product land there."""

    def __init__(self, tabs: Mapping[str, list[list[Held]]], locale: str = "fr_FR", key: str = KEY):
        self.tabs: dict[str, list[list[Held]]] = dict(tabs)
        self.grids: dict[str, tuple[int, int]] = {}
        self.links: dict[int, str] = {}
        self.takes_links = True
        """Rows and columns of a tab, where it is not Google's 1000 × 26 (or what it holds, where that is more)."""
        self.locale, self.key = locale, key
        self.faults = Faults()
        self.calls: list[Call] = []
        self.scopes: list[str] = []
        """What each token was asked for."""
        self.asked_tokens = 0
        """How often a token was asked for, given or not."""
        self.tokens: dict[str, str] = {}
        """Tokens that are good now, and their scopes. Emptied: all have expired."""
        self.stopping = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"sheets": self}))
        self._http.daemon_threads = True
        self._http.block_on_close = False
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def account(self) -> dict[str, str]:
        """The JSON key of a service account that this server knows."""
        return {
            "type": "service_account",
            "project_id": "essai-123456",
            "private_key_id": "0" * 40,
            "private_key": key_pair()[0],
            "client_email": EMAIL,
            "client_id": "100000000000000000000",
            "token_uri": f"{self.url}/token",
        }

    def environ(self) -> dict[str, str]:
        """The settings that send the product here, and nowhere else."""
        return {"CONSO_SPREADSHEET": self.key, "CONSO_SHEETS_API": self.url, "CONSO_GEOCODER_URL": ""}

    def secrets(self) -> str:
        """The `secrets.toml` with this server's account: a JSON string is a TOML string too."""
        return "[gcp_service_account]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in self.account().items())

    def sizes(self) -> dict[str, tuple[int, int]]:
        return {
            title: self.grids.get(title) or (max(1000, len(rows)), max(26, max(map(len, rows), default=0)))
            for title, rows in self.tabs.items()
        }  # fmt: skip

    def token(self, form: Query) -> Answer:
        """A token for a signed assertion."""
        if form.get("grant_type") != ["urn:ietf:params:oauth:grant-type:jwt-bearer"]:
            raise Refused(Fault(400, {"error": "unsupported_grant_type", "error_description": "Invalid grant_type: "}))
        try:
            claims = jwt.decode(form["assertion"][0], certs=key_pair()[1], audience=AUDIENCE)
        except (ValueError, KeyError):
            raise Refused(faults.revoked()) from None
        if claims["iss"] != EMAIL:
            raise Refused(faults.revoked("Invalid grant: account not found"))
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self.tokens[token] = claims["scope"]
        self.scopes.append(claims["scope"])
        return {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}

    def api(self, call: Call, token: str, body: Answer) -> Answer:
        scope = self.tokens.get(token)
        if scope is None:
            raise Refused(faults.unauthenticated())
        reads = {f"{SCOPES}spreadsheets", f"{SCOPES}spreadsheets.readonly"}
        if not set(scope.split()) & (reads if call.method == "GET" else reads - {f"{SCOPES}spreadsheets.readonly"}):
            raise Refused(faults.narrow_scope())
        found = re.fullmatch(r"/v4/spreadsheets/([^/:]+)(?:/values/(.+?))?(:(?!.*[:!])\w+|/values:\w+)?", call.path, re.DOTALL)
        if not found or found[1] != self.key:
            raise Refused(faults.not_found())
        place, verb = found[2], (found[3] or "").rpartition(":")[2]
        try:
            match call.method, place, verb:
                case "GET", None, "":
                    return self._metadata(call.query)
                case "GET", None, "batchGet":
                    ranges = [self._values(asked, call.query) for asked in call.query.get("ranges", [])]
                    return {"spreadsheetId": self.key, "valueRanges": ranges}
                case "POST", None, "batchUpdate" if "/values:" in call.path:
                    written = [
                        self._write(part["range"], part["values"], body.get("valueInputOption")) for part in body["data"]
                    ]
                    total = sum(part["updatedCells"] for part in written)
                    return {
                        "spreadsheetId": self.key,
                        "totalUpdatedCells": total,
                        "totalUpdatedSheets": 1,
                        "responses": written,
                    }
                case "POST", None, "batchUpdate":
                    replies = [self._change(number, request) for number, request in enumerate(body["requests"])]
                    return {"spreadsheetId": self.key, "replies": replies}
                case "GET", str(), "":
                    return self._values(place, call.query)
                case "PUT", str(), "":
                    return self._write(place, body["values"], call.query.get("valueInputOption", [None])[0])
                case "POST", str(), "append":
                    return self._append(place, body["values"], call.query.get("valueInputOption", [None])[0])
        except BadRequest as error:
            raise Refused(faults.bad_request(str(error))) from None
        raise Refused(faults.not_found())

    def _metadata(self, query: Query) -> Answer:
        sheets = [
            {
                "properties": {
                    "sheetId": number,
                    "title": title,
                    "index": number,
                    "sheetType": "GRID",
                    "gridProperties": {"rowCount": rows, "columnCount": columns},
                }
            }
            for number, (title, (rows, columns)) in enumerate(self.sizes().items())
        ]
        whole: Answer = {
            "spreadsheetId": self.key,
            "properties": {
                "title": "Conso locale (réponses)",
                "locale": self.locale,
                "autoRecalc": "ON_CHANGE",
                "timeZone": "Europe/Paris",
            },
            "sheets": sheets,
            "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{self.key}/edit",
        }
        fields = query.get("fields", ["*"])[0]
        return {name: part for name, part in whole.items() if fields == "*" or re.search(rf"(^|,){name}\b", fields)}

    def _values(self, asked: str, query: Query) -> Answer:
        area = grid.area(asked, self.sizes())
        render = query.get("valueRenderOption", ["FORMATTED_VALUE"])[0]
        dates = query.get("dateTimeRenderOption", ["SERIAL_NUMBER"])[0]
        values = grid.values(self.tabs[area.title], area, render, dates, self.locale)
        return {"range": area.a1, "majorDimension": "ROWS"} | ({"values": values} if values else {})

    def _write(self, asked: str, rows: list[list[Held]], option: str | None) -> Answer:
        if option not in ("RAW", "USER_ENTERED"):
            raise BadRequest("'valueInputOption' is required but not specified")
        if option == "USER_ENTERED":  # as if typed: a text may be a formula, and none is known here
            rows = [["#NAME?" if str(cell).startswith("=") else cell for cell in row] for row in rows]
        area = grid.area(asked, self.sizes())
        height, width = len(rows), max(map(len, rows), default=0)
        if height > area.bottom - area.top or width > area.right - area.left:
            raise BadRequest(f"Requested writing within range [{area.a1}], but tried writing outside of it")
        cells = grid.write(self.tabs[area.title], area, rows)
        return {
            "spreadsheetId": self.key,
            "updatedRange": area.a1,
            "updatedRows": height,
            "updatedColumns": width,
            "updatedCells": cells,
        }

    def _append(self, asked: str, rows: list[list[Held]], option: str | None) -> Answer:
        tab = grid.area(asked, self.sizes()).title
        held = self.tabs[tab]
        while held and not any(cell not in (None, "") for cell in held[-1]):
            held.pop()
        last = len(held) + len(rows)
        if last > self.sizes()[tab][0]:
            self.grids[tab] = (last, self.sizes()[tab][1])
        quoted = tab.replace("'", "''")
        width = max(map(len, rows))
        updates = self._write(f"'{quoted}'!A{len(held) + 1}:{grid.letters(width - 1)}{last}", rows, option)
        return {"spreadsheetId": self.key, "tableRange": asked, "updates": updates}

    def _change(self, number: int, request: Answer) -> Answer:
        """One request of a spreadsheet's batchUpdate."""
        match request:
            case {"addSheet": {"properties": {"title": title}}}:
                if title in self.tabs:
                    said = f'Invalid requests[{number}].addSheet: A sheet with the name "{title}" already exists. Please enter another name.'
                    raise Refused(faults.bad_request(said))
                self.tabs[title] = []
                return {
                    "addSheet": {"properties": {"sheetId": len(self.tabs) - 1, "title": title, "index": len(self.tabs) - 1}}
                }
            case {"updateSheetProperties": {"properties": {"sheetId": sheet, "gridProperties": size}}}:
                title = list(self.tabs)[sheet]
                rows, columns = self.sizes()[title]
                self.grids[title] = (size.get("rowCount", rows), size.get("columnCount", columns))
                return {}
            case {"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}} if self.takes_links:
                held = self.tabs[list(self.tabs)[start["sheetId"]]]
                for line, row in enumerate(rows, start["rowIndex"]):
                    formula = row["values"][0]["userEnteredValue"]["formulaValue"]
                    held[line][start["columnIndex"]] = int(formula.rstrip(")").rpartition(";")[2])
                    self.links[line + 1] = formula
                return {}
        raise Refused(faults.bad_request(f"Invalid requests[{number}]: this server does not know {next(iter(request), '')}"))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    sheets: SheetsServer

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""

    def _serve(self) -> None:
        address = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        where: Where = "token" if address.path == "/token" else "api"
        call = Call(self.command, unquote(address.path), parse_qs(address.query, keep_blank_values=True))
        if where == "api":
            self.sheets.calls.append(call)
        else:
            self.sheets.asked_tokens += 1
        fault = self.sheets.faults.take(where)
        try:
            if fault and fault.status:
                raise Refused(fault)
            if where == "token":
                answer = self.sheets.token(parse_qs(body.decode()))
            else:
                answer = self.sheets.api(
                    call, self.headers.get("Authorization", "").removeprefix("Bearer "), json.loads(body or b"{}")
                )
            content = json.dumps(answer).encode()
        except Refused as refused:
            self._send(refused.fault.status, _bytes(refused.fault.body), refused.fault.headers)
            return
        with suppress(OSError):  # the client may have given up
            self._spoil(fault, content) if fault else self._send(200, content, {})

    def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        packed = "gzip" in self.headers.get("Accept-Encoding", "") and len(content) > 1400
        content = gzip.compress(content, 1) if packed else content
        self.send_response(status)
        kind = "text/html" if content.startswith(b"<") else "application/json"
        for name, value in {"Content-Type": f"{kind}; charset=UTF-8", "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(content)

    def _spoil(self, fault: Fault, content: bytes) -> None:
        """Sends a right answer wrong."""
        if fault.truncated:
            self._send(200, content[: len(content) // 2], {})
            return
        self.close_connection = True
        if fault.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())  # closed with nothing lingering: the kernel sends RST
            return
        if fault.hang:
            self.sheets.stopping.wait(fault.hang)
            return
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: {len(content)}\r\n"
        if fault.cut:
            self.wfile.write(f"{head}\r\n".encode() + content[: len(content) // 2])
            return
        self.wfile.write((head if fault.drip_headers else f"{head}\r\n").encode())
        ends = time.monotonic() + 60
        self.wfile.write(b"X-Slow: " if fault.drip_headers else b"")
        while time.monotonic() < ends and not self.sheets.stopping.wait(fault.drip):
            self.wfile.write(b" ")


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else json.dumps(body, indent=2).encode()
