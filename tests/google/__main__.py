"""`python -m tests.google FILE`: the loopback Google on its own, to try the site on a recorded answer (.json) or a workbook (.xlsx)."""

import argparse
import json
from pathlib import Path

import openpyxl

from tests.google import SheetsServer
from tests.google.grid import Held


def tabs(path: Path) -> dict[str, list[list[Held]]]:
    if path.suffix == ".json":
        ranges = json.loads(path.read_text("utf-8"))["valueRanges"]
        return {part["range"].rpartition("!")[0].strip("'").replace("''", "'"): part.get("values", []) for part in ranges}
    sheets = openpyxl.load_workbook(path, data_only=True)
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in sheets.worksheets}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.google", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--secrets", type=Path, required=True, help="where to write the account's secrets.toml")
    asked = parser.parse_args()
    with SheetsServer(tabs(asked.file)) as server:
        asked.secrets.write_text(server.secrets(), "utf-8")
        print(*(f"export {name}={value}" for name, value in server.environ().items()), sep="\n", flush=True)
        server.stopping.wait()


if __name__ == "__main__":
    main()
