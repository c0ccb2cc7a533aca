"""The machines of `docs/deploiement.md`, from the very files it tells to copy, on ports of this machine."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.google import SheetsServer
from tests.ports import free_port
from tests.sheets.sheets import RESPONSES, mag, table

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
BUCKET = "seau"
WITH_SECRETS = (
    "import pathlib, runpy, sys, settings; load = settings.load; path = pathlib.Path(sys.argv[1]);"
    "settings.load = lambda: load(secrets_path=path); sys.argv[:] = sys.argv[2:]; runpy.run_module(sys.argv[0], run_name='__main__')"
)
"""Runs a module with a secrets.toml of its own."""


def unit(name: str) -> tuple[list[str], dict[str, str]]:
    """Command and environment of a unit of deploy/, for this folder and this Python."""
    text = (DEPLOY / f"{name}.service").read_text("utf-8")
    words = shlex.split(re.search(r"^ExecStart=(.*)$", text, re.M)[1])  # type: ignore[index]
    given = [pair.split("=", 1) for line in re.findall(r"^Environment=(.*)$", text, re.M) for pair in line.split()]
    return [sys.executable, *words[1:]], dict(given)


def submissions(count: int) -> list[list[object]]:
    """Bakeries and bars in turn, all ticked."""
    kinds = ("Boulangerie", "Bar")
    return table([{"Nom": f"Maison {number}", "Horodateur": 46328.5 + number, "Catégorie": kinds[number % 2]} for number in range(count)])  # fmt: skip


class Fleet:
    """Everything is started by `__enter__`, and ended by its own process id."""

    def __init__(self, folder: Path, s3_url: str):
        self.folder = folder
        self.sheet = SheetsServer(
            {RESPONSES: submissions(12), "Mag": mag(), "Réglages": [["clé", "valeur"], ["nom du site", "Essai"]]}
        )
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith(("CONSO_", "AWS_", "FSSPEC_"))} | {
            "CONSO_STORE": f"s3://{BUCKET}/conso",
            "AWS_ACCESS_KEY_ID": "essai",
            "AWS_SECRET_ACCESS_KEY": "essai",
            "AWS_DEFAULT_REGION": "eu-west-3",
            "FSSPEC_S3_ENDPOINT_URL": s3_url,
            "CONSO_REFRESH_SECONDS": "1",
            "CONSO_MAP_TILES": "",
            "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
            "STREAMLIT_SERVER_COOKIE_SECRET": "le-meme-pour-toutes",
            "NO_PROXY": "127.0.0.1",
        }  # fmt: skip
        self.ports = [free_port(), free_port()]
        self.front = free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Fleet":
        self.sheet.__enter__()
        self.environ |= self.sheet.environ()
        (self.folder / "secrets.toml").write_text(self.sheet.secrets(), "utf-8")
        self.write_sync("sync")
        for number in (0, 1):
            self.web(number)
        self.nginx()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.sheet.__exit__()

    def write_sync(self, name: str) -> None:
        command, environ = unit("conso-sync")
        module, *rest = command[2:]
        self._run(name, [command[0], "-c", WITH_SECRETS, str(self.folder / "secrets.toml"), module, *rest], environ)

    def web(self, number: int) -> None:
        command, environ = unit("conso-web")
        self._run(f"web{number}", command, environ | {"STREAMLIT_SERVER_PORT": str(self.ports[number])})

    def nginx(self) -> None:
        text = (DEPLOY / "nginx.conf").read_text("utf-8")
        for number, port in enumerate(self.ports):
            text = text.replace(f"10.0.0.1{number + 1}:8501", f"127.0.0.1:{port}")
        text = text.replace("listen 80;", f"listen 127.0.0.1:{self.front};")
        scratch = "".join(
            f"{kind}_temp_path {self.folder}/nginx-{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;\n" if os.getuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(
            f"{user}daemon off;\npid {self.folder}/nginx.pid;\nerror_log {self.folder}/nginx.txt;\nevents {{}}\nhttp {{\naccess_log off;\n{scratch}{text}}}\n", "utf-8"
        )  # fmt: skip
        self._run("nginx", ["nginx", "-e", str(self.folder / "nginx.txt"), "-c", str(self.folder / "nginx.conf")], {})

    def _run(self, name: str, command: list[str], environ: Mapping[str, str]) -> None:
        with (self.folder / f"{name}.txt").open("ab") as output:
            self.processes[name] = subprocess.Popen(command, cwd=ROOT, env=self.environ | environ, stdout=output, stderr=output)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.txt").read_text("utf-8")

    def kill(self, name: str) -> None:
        self.processes[name].send_signal(signal.SIGKILL)
        self.processes[name].wait()

    def get(self, path: str, port: int | None = None, machine: str = "") -> tuple[int, str]:
        """Status and body, through nginx unless a port is given; status 0 where nobody answers."""
        asked = urllib.request.Request(
            f"http://127.0.0.1:{port or self.front}{path}", headers={"Cookie": f"machine={machine}"} if machine else {}
        )
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""


def until(true: Callable[[], object], seconds: float = 90.0) -> bool:
    """Waits; generous, since a machine may be busy."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
