"""Every byte below some folders, also what is packed in other files, and whether some words are among them."""

import gzip
import io
import json
import sqlite3
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from email import message_from_bytes
from html import unescape
from pathlib import Path

import brotli
import pyarrow.parquet as pq

from fields.cell import slugify

_DEEPEST = 4
"""Archives in archives."""


def contents(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file, then of what each holds once unpacked. The names themselves are among the bytes."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            yield str(path), str(path.name).encode()
            if path.is_file():
                yield from _unpacked(str(path), path.read_bytes(), _DEEPEST)
                if path.suffix in (".sqlite", ".sqlite3", ".db"):
                    with closing(sqlite3.connect(path)) as base:
                        yield f"{path}!", "\n".join(base.iterdump()).encode()


def _unpacked(name: str, content: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    yield name, content
    if not depth:
        return
    if content[:4] == b"PK\x03\x04":  # xlsx, npz, zip
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for each in archive.namelist():
                yield from _unpacked(f"{name}!{each}", archive.read(each), depth - 1)
    elif content[:4] == b"PAR1":
        read = pq.read_table(io.BytesIO(content))
        yield f"{name}!", repr(read.to_pylist()).encode() + b"".join((read.schema.metadata or {}).values())
    elif content[:2] == b"\x1f\x8b":
        yield from _unpacked(f"{name}!gz", gzip.decompress(content), depth - 1)
    elif name.endswith(".eml"):
        message = message_from_bytes(content)
        yield (
            f"{name}!",
            repr(message.items()).encode()
            + b"".join(part.get_payload(decode=True) or b"" for part in message.walk() if not part.is_multipart()),
        )
    else:
        for unpack in (zlib.decompress, brotli.decompress):
            with suppress(Exception):
                yield f"{name}!{unpack.__module__}", unpack(content)
        with suppress(tarfile.TarError), tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive.getmembers():
                if member.isfile():
                    yield from _unpacked(f"{name}!{member.name}", archive.extractfile(member).read(), depth - 1)


def spelled(value: str) -> set[bytes]:
    """A value in each way that a program may have written it."""
    forms = {
        value,
        unicodedata.normalize("NFD", value),
        json.dumps(value)[1:-1],
        value.lower(),
        value.upper(),
        value.replace(" ", ""),
        slugify(value),
    }
    forms |= {value.replace("'", "&#39;"), value.replace("'", "’")}
    return {
        code
        for form in forms
        if len(form) > 4
        for code in (form.encode(), form.encode("utf-16-le"), form.encode("latin-1", "replace"))
    }


def found(values: Mapping[str, str], pieces: Iterable[tuple[str, bytes]]) -> list[str]:
    """Which value stands where."""
    wanted = {what: spelled(value) for what, value in values.items()}
    return [
        f"{what} in {name}"
        for name, content in pieces
        for form in (content, unescape(content.decode("utf-8", "ignore")).encode())
        for what, codes in wanted.items()
        if any(code in form for code in codes)
    ]
