"""Google Sheets on the loopback: the v4 calls that gspread makes, the token endpoint, and every fault we know of.

with SheetsServer({"Mag": [["titre"], ["Bonjour"]]}) as server:
    server.faults.next(faults.quota(retry_after=7))
    settings = load({"CONSO_SPREADSHEET": server.key, "CONSO_SHEETS_API": server.url}, secrets)
"""

from tests.google import faults
from tests.google.faults import Fault
from tests.google.server import Call, SheetsServer

__all__ = ["Call", "Fault", "SheetsServer", "faults"]
