"""What the site does with people's data, told from what it really does: the schema's columns, the team's settings, the features that are on."""

from dataclasses import dataclass

import schema
from fields import tick
from schema import Column, Site
from ui.blocks import fill
from words import _


@dataclass(frozen=True)
class Practices:
    """What this process was set to do. `web.practices` fills it from the settings."""

    embedded: bool = True
    """The answers are in a workbook of the site's own; else in Google Sheets."""
    mail_host: str = ""
    """The server that takes messages to merchants; `""`: none."""
    geocoder_host: str = ""
    """Who is asked for the points of addresses; `""`: nobody."""
    map_host: str = ""
    """Who gives the background of the map; `""`: nobody."""
    reports: bool = False
    """Visitors' reports are kept in the sheet; else they are mails."""
    requests_logged: bool = False
    """The log has a line for each request."""


@dataclass
class Current:
    """Where pages find what this process does."""

    practices: Practices = Practices()


current = Current()


def public_columns() -> list[str]:
    """What a fiche may show, as the form asks it."""
    return [named(column) for column in schema.FICHE if column.public]


def private_answers() -> list[str]:
    """What is asked and never shown."""
    return [named(column) for column in schema.QUESTIONS if not column.public]


def private_notes() -> list[str]:
    """What stands beside the answers and is never shown."""
    return [named(column) for column in schema.FICHE if not column.public and not column.asked]


def named(column: Column) -> str:
    """A column in the middle of a sentence, e.g. `téléphone`, `SIRET`."""
    if isinstance(column.kind, tick.Tick):
        return _("la coche de relecture")
    if column.header[1:2].isupper():
        return column.header
    return column.header[:1].lower() + column.header[1:]


def told(site: Site, practices: Practices) -> str:
    """The section «Données personnelles» of `/a-propos`, as escaped HTML."""
    return fill(
        "vie_privee.html",
        site=site,
        does=practices,
        public=public_columns(),
        private=private_answers(),
        notes=private_notes(),
        writes=site.writes_to_merchants and (practices.embedded or any("mail" in column.key for column in schema.QUESTIONS)),
    )
