"""Packs files as small as brotli can: `python smallest.py FOLDER FILE…` keeps each as `FOLDER/name.br`, whole or not at all, and says so by a line.

A process of its own, which yields to all others: a few megabytes of scripts take it ten seconds, and 40 MB that the site need not keep.
"""

import os
import sys
from pathlib import Path

import brotli

if __name__ == "__main__":
    getattr(os, "nice", int)(19)
    folder, *files = map(Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    for path in files:
        scrap = folder / f"{path.name}.{os.getpid()}"
        scrap.write_bytes(brotli.compress(path.read_bytes(), quality=11))
        scrap.replace(folder / f"{path.name}.br")
        print(path, flush=True)
