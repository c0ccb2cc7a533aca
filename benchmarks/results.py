"""The figures of one run as a page and a picture: ratios first, since the milliseconds are those of one machine on one day."""

import html
import math
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from annuaire.opening import PARIS

HERE = Path(__file__).parent
PEERS = {"ours": "ce site", "naive": "tutoriel", "empty": "page vide", "datasette": "Datasette"}


@dataclass(frozen=True)
class Target:
    """What is claimed: this site does at least `times` as well as a peer."""

    size: int
    figure: str
    peer: str
    times: float


@dataclass(frozen=True)
class Limit:
    """What is claimed: at most so much."""

    size: int
    figure: str
    most: float


@dataclass
class Results:
    """Figures by size, name and peer. `small` are those where less is better."""

    figures: dict[tuple[int, str, str], float] = field(default_factory=dict)
    small: set[str] = field(default_factory=set)
    units: dict[str, str] = field(default_factory=dict)

    def note(self, size: int, figure: str, unit: str, peer: str, value: float, small: bool = True) -> None:
        self.figures[size, figure, peer] = value
        self.units[figure] = unit
        if small:
            self.small.add(figure)
        print(f"  {size:>7} | {PEERS[peer]:<10} | {figure} : {said(value)} {unit}", flush=True)

    def times(self, size: int, figure: str, peer: str) -> float | None:
        """How many times better than a peer this site is; None where one of them was not measured."""
        ours, theirs = self.figures.get((size, figure, "ours")), self.figures.get((size, figure, peer))
        if not ours or not theirs:
            return None
        return theirs / ours if figure in self.small else ours / theirs

    def missed(self, targets: Sequence[Target | Limit]) -> list[str]:
        """The claims that this run does not bear out, in French."""
        return [line for target in targets if (line := self._missed(target))]

    def _missed(self, target: Target | Limit) -> str:
        what = f"{target.figure}, {said(target.size)} fiches"
        if isinstance(target, Limit):
            found = self.figures.get((target.size, target.figure, "ours"), 0.0)
            unit = self.units.get(target.figure, "")
            return f"{what} : {said(found)} {unit}, visé {said(target.most)} {unit}" if found > target.most else ""
        times = self.times(target.size, target.figure, target.peer)
        if times is None or times >= target.times:
            return ""
        return f"{what} : {said(times)} × {PEERS[target.peer]}, visé {said(target.times)} ×"


def said(value: float) -> str:
    """Three digits at most, in French, e.g. `0,079`, `8,06`, `1 230`."""
    if math.isnan(value):
        return "–"
    if value >= 100:
        return f"{value:,.0f}".replace(",", "\u202f")
    digits = max(0, 2 - math.floor(math.log10(abs(value)))) if value else 0
    return f"{value:.{digits}f}".replace(".", ",")


def machine() -> str:
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    load = ", ".join(f"{each:.1f}".replace(".", ",") for each in os.getloadavg())
    names = ("streamlit", "starlette", "uvicorn", "uvloop", "pandas", "numpy", "pydeck")
    libraries = ", ".join(f"{name} {version(name)}" for name in names)
    return f"{model}, {os.cpu_count()} processeurs, charge {load} ; Python {platform.python_version()}, {libraries}"


def page(results: Results, targets: Sequence[Target | Limit]) -> str:
    """Markdown."""
    lines = [
        "# Mesures",
        "",
        f"Écrit par `make bench` le {datetime.now(PARIS):%d/%m/%Y à %H:%M} ({machine()}).",
        "Tout est mesuré d'une traite sur une machine : seuls les rapports ont un sens ailleurs. Les débits sont par seconde du processeur du serveur, ",
        "sauf «à saturation», où le client partage la machine. «×» dit combien de fois mieux fait ce site.",
        "",
        "![Combien de fois mieux que le tutoriel](results.svg)",
        "",
    ]
    for size in sorted({size for size, _, _ in results.figures}):
        names = list(dict.fromkeys(figure for at, figure, _ in results.figures if at == size))
        lines += [f"## {said(size)} fiches", "", "| | " + " | ".join(PEERS.values()) + " |", "|---" * (len(PEERS) + 1) + "|"]
        for name in names:
            cells = []
            for peer in PEERS:
                value, times = results.figures.get((size, name, peer)), results.times(size, name, peer)
                ratio = f" (× {said(times)})" if times is not None and peer != "ours" else ""
                cells.append("–" if value is None else f"{said(value)}{ratio}")
            lines.append(f"| {name} ({results.units[name]}) | " + " | ".join(cells) + " |")
        lines.append("")
    missed = results.missed(targets)
    lines += ["## Ce qui est visé et n'est pas tenu", "", *([f"- {each}" for each in missed] or ["Rien."]), ""]
    return "\n".join(lines).rstrip() + "\n"


def picture(results: Results, peer: str = "naive") -> str:
    """SVG: a bar for each figure and size, as long as the logarithm of the ratio to a peer."""
    bars = [
        (f"{figure}, {said(size)} fiches", times)
        for size, figure, whose in results.figures
        if whose == "ours" and (times := results.times(size, figure, peer)) is not None
    ]
    wide, high, left = 860, 26, 430
    longest = max((abs(math.log10(times)) for _, times in bars), default=1) or 1
    drawn = []
    for place, (label, times) in enumerate(bars):
        y = 34 + place * high
        length = max(2.0, abs(math.log10(times)) / longest * (wide - left - 90))
        color = "#2e7d32" if times >= 1 else "#b3261e"
        drawn.append(
            f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{html.escape(label)}</text>'
            f'<rect x="{left}" y="{y}" width="{length:.1f}" height="18" fill="{color}"/>'
            f'<text x="{left + length + 6:.1f}" y="{y + 13}">× {said(times)}</text>'
        )
    title = f"Combien de fois mieux que «{PEERS[peer]}» (échelle logarithmique)"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{44 + len(bars) * high}" font-family="system-ui, sans-serif" font-size="12" '
        f'role="img" aria-label="{html.escape(title)}"><rect width="100%" height="100%" fill="#fff"/><text x="8" y="20" font-size="14">{html.escape(title)}</text>'
        + "".join(drawn)
        + "</svg>\n"
    )
