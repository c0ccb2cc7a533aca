"""The values to offer for each facet, under a query or without one."""

from datetime import datetime

from annuaire.criteria import asked, criteria
from annuaire.facets import Option
from annuaire.index import index
from annuaire.query import Query
from sheets.snapshot import Snapshot


def facets(snapshot: Snapshot, query: Query, now: datetime) -> dict[str, list[Option]]:
    """Each facet's values in a stable order, counted under the query's choices in the other facets."""
    found, counted = index(snapshot), counts(snapshot, query, now)

    def offered() -> dict[str, list[Option]]:
        return {name: facet.options(counted[name], query.choices.get(name, ())) for name, facet in found.facets.items()}

    return found.recall(("facets", asked(query, now)), offered)


def counts(snapshot: Snapshot, query: Query, now: datetime) -> dict[str, list[int]]:
    """The counts alone of `facets`, in its order."""
    found = index(snapshot)

    def counted() -> dict[str, list[int]]:
        kept = criteria(found, query, now)
        return {name: facet.counts(kept.all_but(name)) for name, facet in found.facets.items()}

    return found.recall(("counts", asked(query, now)), counted)


def labels(snapshot: Snapshot) -> dict[str, dict[str, str]]:
    """Label by slug of the values to offer for each facet, in the same order."""
    return {name: dict(facet.labels) for name, facet in index(snapshot).facets.items()}
