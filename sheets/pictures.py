"""The pictures of the team's own pages, articles and site: which they want, where each is shown, and what is wrong with one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import schema
from fields import Fault
from fields.cell import as_text
from fields.picture import in_markdown
from schema import Site, header_key
from sheets.problems import Problem, at
from sheets.snapshot import Article
from sheets.tabs import Values

FaultOf = Callable[[str], Fault | None]
"""Why there is no copy of the picture at an address; None where there is one, or it was not asked for yet."""
_IMAGE, _TEXT = (next(column for column in schema.MAG if column.key == key) for key in ("image", "texte"))


def of(site: Site, articles: Sequence[Article]) -> set[str]:
    """The addresses of all."""
    found = {site.logo, *(item.image for item in articles), *in_markdown(site.about)}
    return found.union(*(in_markdown(item.texte) for item in articles)) - {""}


def copied(
    site: Site, articles: Sequence[Article], path: Callable[[str], str]
) -> tuple[Site, list[Article], list[tuple[str, str]]]:
    """Both with our own copies, and the copies of what their texts show. `path` is that of a copy, `""` where there is none."""
    shown = sorted({*in_markdown(site.about), *(address for item in articles for address in in_markdown(item.texte))})
    return (
        replace(site, logo=path(site.logo)),
        [replace(item, image=path(item.image)) for item in articles],
        [(address, copy) for address in shown if (copy := path(address))],
    )


def article_problems(title: str, lines: Iterable[tuple[int, Mapping[str, Any]]], fault: FaultOf) -> Iterator[Problem]:
    """`lines` are those of the tab, typed, with their number."""
    for row, typed in lines:
        for column, addresses in ((_IMAGE, (typed["image"],)), (_TEXT, in_markdown(typed["texte"]))):
            yield from at(title, row, column, filter(None, map(fault, addresses)))


def site_problems(title: str, values: Values, site: Site, fault: FaultOf) -> Iterator[Problem]:
    for key, addresses in (("logo", (site.logo,)), ("à propos", in_markdown(site.about))):
        row = next(
            (row for row, cells in enumerate(values, 1) if cells and header_key(as_text(cells[0])) == header_key(key)), 0
        )
        yield from (Problem(title, row, key, each.found, each.expected) for each in filter(None, map(fault, addresses)))
