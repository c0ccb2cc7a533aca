"""What search engines read of a page, checked against schema.org's own vocabulary as rdflib knows it."""

import json
import re
from datetime import date

import pytest
import rdflib

from annuaire import Dated
from tests.web.conftest import FICHES
from ui import linked

_SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>')


def said(client, address: str) -> dict[str, dict]:
    """The page's JSON-LD by type; each property and type is one of schema.org's."""
    found = {each["@type"]: each for each in map(json.loads, _SCRIPT.findall(client.get(address).text))}
    for each in found.values():
        graph = rdflib.Graph().parse(data=json.dumps({**each, "@context": {"@vocab": str(rdflib.SDO)}}), format="json-ld")
        terms = {term for _, term, _ in graph if term != rdflib.RDF.type} | set(graph.objects(predicate=rdflib.RDF.type))
        unknown = {str(term) for term in terms if str(term).removeprefix(str(rdflib.SDO)) not in rdflib.SDO}
        assert unknown <= {f"{rdflib.SDO}query-input"}, unknown
    return found


def test_a_fiche_is_a_local_business_on_its_trail(client):
    found = said(client, "/fiche?f=la-halte")
    assert {"LocalBusiness", "BreadcrumbList"} == found.keys()
    assert {"@type": "GeoCoordinates", "latitude": 47.4711, "longitude": -0.5473} == found["LocalBusiness"]["geo"]
    assert "http://conso.example/dessins/boulangerie.png" == found["LocalBusiness"]["image"]
    steps = found["BreadcrumbList"]["itemListElement"]
    assert ["Annuaire", "Boulangerie", "Angers", "La Halte"] == [step["name"] for step in steps]
    assert [1, 2, 3, 4] == [step["position"] for step in steps]


def test_an_article_is_news(client):
    found = said(client, "/mag?article=foire-d-automne")
    assert "2026-11-02T00:00:00+00:00" == found["NewsArticle"]["datePublished"]
    assert "BreadcrumbList" in found


@pytest.mark.parametrize("slug", [fiche["slug"] for fiche in FICHES])
def test_no_name_ends_the_script(client, slug):
    """What a merchant wrote is data: each script is whole JSON."""
    assert "LocalBusiness" in said(client, f"/fiche?f={slug}")
    written = linked.in_html({"a": "</script>&\u2028\u2029"})
    assert not re.search("[<>&\u2028\u2029]", written)
    assert {"a": "</script>&\u2028\u2029"} == json.loads(written)


def test_hours_of_a_week_are_specifications():
    (morning, evening) = linked.opening_hours("Tu-We 09:00-12:00; Fr 18:00-26:00")
    assert ["https://schema.org/Tuesday", "https://schema.org/Wednesday"] == morning["dayOfWeek"]
    assert ("09:00", "12:00") == (morning["opens"], morning["closes"])
    assert ("18:00", "02:00") == (evening["opens"], evening["closes"])
    assert [] == linked.opening_hours("Apr-Oct Tu 09:00-12:00") == linked.opening_hours(None)


def test_days_unlike_others_are_said_by_date():
    closed, market, late = linked.special_hours(
        [
            Dated(date(2026, 8, 3), None, ()),
            Dated(date(2026, 12, 20), date(2026, 12, 20), (("09:00", "13:00"),)),
            Dated(None, date(2026, 12, 24), (("18:00", "24:00"),)),
        ]
    )
    assert {"@type": "OpeningHoursSpecification", "opens": "00:00", "closes": "00:00", "validFrom": "2026-08-03"} == closed
    assert ("09:00", "13:00", "2026-12-20", "2026-12-20") == tuple(
        market[key] for key in ("opens", "closes", "validFrom", "validThrough")
    )
    assert "23:59" == late["closes"]
    assert "validFrom" not in late
