"""Pure questions to a snapshot: an address becomes a query, a query finds fiches."""

from annuaire.choices import counts, facets, labels
from annuaire.exceptions import Dated, banners, closure, exceptions, lapsed, state_of
from annuaire.extent import Extent, extent
from annuaire.facets import Option
from annuaire.find import PAGE_SIZE, Loosening, Result, count, find, loosen
from annuaire.index import prepare
from annuaire.near import place_of
from annuaire.neighbours import Neighbours, neighbours
from annuaire.opening import OpenState, moment, schema_org, state
from annuaire.points import Selling, selling
from annuaire.query import ORDERS, PARAMETERS, RADIUS_KM, RADIUS_RANGE_KM, Parameter, Query, kilometres, parse
from annuaire.telling import Chip
from annuaire.tiles import TILE_PIXELS, tile
from annuaire.words import marked

__all__ = [
    "ORDERS",
    "PAGE_SIZE",
    "PARAMETERS",
    "RADIUS_KM",
    "RADIUS_RANGE_KM",
    "TILE_PIXELS",
    "Chip",
    "Dated",
    "Extent",
    "Loosening",
    "Neighbours",
    "OpenState",
    "Option",
    "Parameter",
    "Query",
    "Result",
    "Selling",
    "banners",
    "closure",
    "count",
    "counts",
    "exceptions",
    "extent",
    "facets",
    "find",
    "kilometres",
    "labels",
    "lapsed",
    "loosen",
    "marked",
    "moment",
    "neighbours",
    "parse",
    "place_of",
    "prepare",
    "schema_org",
    "selling",
    "state",
    "state_of",
    "tile",
]
