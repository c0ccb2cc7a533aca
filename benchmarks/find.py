"""The processor time of a question to the annuaire, beside the same question in plain pandas, in one run.

`python -m benchmarks.find [rows…]`. A question has words, two filters, a place and «open at»; no two are alike, so that no answer is a remembered one.
"""

import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice

import numpy as np

import annuaire
import schema
from annuaire import Query
from annuaire.opening import PARIS
from fields.cell import fold, slugify
from fields.communes import distance_km
from fields.points import points_of
from sheets import approval, demo, rows, snapshot
from sheets.approval import Decision, Memory, Show
from sheets.snapshot import Snapshot

SIZES = (300, 10_000, 100_000)
QUESTIONS = 200
TARGET_MS = {300: 2.0, 100_000: 30.0}
"""Median of a question."""
NOW = datetime(2026, 11, 24, 10, tzinfo=PARIS)


def made_of(size: int, seed: int = 1) -> Snapshot:
    """A snapshot of so many generated fiches, all ticked: the road of a pass without its workbook and its store."""
    table = demo.tables(size, seed, ticked=True)[schema.RESPONSES.name]
    submissions, _ = rows.Reader().read(schema.RESPONSES.name, table)
    decided = approval.decide(Memory(), submissions, datetime.now(UTC)).decisions
    return snapshot.build(map(_record, (each for each in decided if each.show is Show.NEW)), demo_site())


def demo_site() -> schema.Site:
    title = schema.REGLAGES_TAB.name
    return rows.site(title, demo.tables(1)[title])[0]


def _record(decision: Decision) -> dict[str, object]:
    content = decision.submission.content or {}
    return {
        **content,
        "points": points_of(content),
        "slug": decision.slug,
        "verifie_le": decision.verified,
        "parue_le": decision.first_approved,
        "updated_at": decision.first_approved,
    }


def questions(found: Snapshot, seed: int) -> Iterator[Query]:
    """One after the other: words that were not asked before, two filters, a point, an hour.

    One word of the fiches, or two; every tenth question has a slip of the finger, and the first twenty are of two letters: the costliest kinds.
    """
    chance = random.Random(seed)
    words = sorted({word for text in found.fiches["produits"] for word in re.findall(r"[a-z]{5,}", fold(text))})
    asked = {word[:2] for word in words[:: max(1, len(words) // 20)]}
    waiting = sorted(asked)
    for number in count():
        text = waiting.pop() if waiting else ""
        while not text or (text in asked and number >= 20):
            text = " ".join(chance.sample(words, 1 + number % 2))
            if number % 10 == 0:
                place = chance.randrange(1, len(text))
                text = text[:place] + text[place + 1 :]
        asked.add(text)
        yield Query(
            q=text,
            choices={
                "categorie": tuple(slugify(name) for name in chance.sample(schema.CATEGORIES, 6)),
                "paiement": (slugify(chance.choice(schema.PAYMENTS)),),
            },
            pres=f"{47.3 + chance.random() / 3:.5f},{-0.7 + chance.random() / 2:.5f}",
            rayon=float(chance.randint(5, 50)),
            ouvert=(NOW + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M"),
        )


def plainly(found: Snapshot, query: Query) -> object:
    """The same question as a tutorial asks it: masks over the whole table, text by text."""
    fiches = found.fiches
    moment = datetime.fromisoformat(query.ouvert).replace(tzinfo=PARIS)
    wanted, paid = set(query.choices["categorie"]), set(query.choices["paiement"])
    kept = fiches[fiches["categorie"].map(slugify).isin(wanted)]
    kept = kept[kept["paiement"].map(lambda each: any(slugify(one) in paid for one in each))]
    text = kept[["nom", "produits", "description"]].agg(" ".join, axis=1).map(fold) if len(kept) else kept["nom"]
    for word in query.q.split():
        text = text[text.str.contains(fold(word), regex=False)]
    kept = kept.loc[text.index]
    latitude, longitude = map(float, query.pres.split(","))
    distances = distance_km(latitude, longitude, kept["latitude"].to_numpy(), kept["longitude"].to_numpy())
    kept = kept[np.asarray(distances) <= query.rayon]
    opened = [
        annuaire.state(hours, first, last, moment).open is True
        for hours, first, last in zip(kept["opening_hours"], kept["ferme_du"], kept["ferme_au"], strict=True)
    ]
    return kept[np.array(opened, dtype=bool)]


@dataclass(frozen=True)
class Times:
    """Of the processor: neighbours on the machine do not count."""

    median_ms: float
    p99_ms: float


def timed(ask: Callable[[Snapshot, Query], object], found: Snapshot, calls: int, seed: int) -> Times:
    spent = []
    for query in islice(questions(found, seed), calls):
        started = time.thread_time()
        ask(found, query)
        spent.append((time.thread_time() - started) * 1000)
    return Times(statistics.median(spent), sorted(spent)[max(0, int(len(spent) * 0.99) - 1)])


def main(sizes: tuple[int, ...]) -> int:
    """The number of targets missed."""
    missed = 0
    print("fiches | médiane (ms) | p99 (ms) | pandas, médiane (ms) | rapport | visée")
    for size in sizes:
        found = made_of(size)
        annuaire.prepare(found)
        ours = timed(lambda found, query: annuaire.find(found, query, NOW), found, QUESTIONS, seed=1)
        pandas = timed(plainly, found, max(5, min(30, 300_000 // size)), seed=2)
        target = TARGET_MS.get(size)
        missed += target is not None and ours.median_ms > target
        said = "" if target is None else f"< {target:g} ms : {'tenue' if ours.median_ms < target else 'MANQUÉE'}"
        print(
            f"{len(found)} | {ours.median_ms:.2f} | {ours.p99_ms:.2f} | {pandas.median_ms:.1f} | {pandas.median_ms / ours.median_ms:.0f} | {said}",
            flush=True,
        )
    return missed


if __name__ == "__main__":
    sys.exit(main(tuple(map(int, sys.argv[1:])) or SIZES) > 0)
