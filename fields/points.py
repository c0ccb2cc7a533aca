"""Other points of sale: what a grower writes of markets, days and hours, as places and times. What is not understood claims nothing."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from fields import communes
from fields.cell import fold
from fields.hours import opening_hours

MOST = 20
"""Points read of one fiche; a longer list is still shown as written."""


class Point(NamedTuple):
    """One point of sale. Texts are `""` and degrees None where the text does not tell."""

    texte: str
    """As written, e.g. `Marché de Cholet, samedi 8h-13h, place Travot`."""
    nom: str
    """Without address and hours, e.g. `Marché de Cholet`."""
    adresse: str
    """A street or square, e.g. `place Travot`."""
    commune: str
    """By its own name, also where it is now part of a larger one."""
    code_postal: str
    insee: str
    """Of the commune of today."""
    opening_hours: str
    """OSM."""
    latitude: float | None = None
    longitude: float | None = None
    approximatif: bool = False
    """True where the point is the commune's."""

    @property
    def titre(self) -> str:
        """What to call it elsewhere than beside its fiche, e.g. `Marché Saint-Pierre, Saumur`."""
        told = not self.commune or fold(self.commune.split()[-1]) in fold(self.nom)
        return self.nom if told else f"{self.nom}, {self.commune}"


_DAY = r"(?:lun|mar|mer|jeu|ven|sam|dim)\.?|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?"
_MONTH = r"janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
_ORDINAL = r"1ers?|[2-5](?:e|eme|nd|nde)s?|premiers?|deuxiemes?|troisiemes?|quatriemes?|derniers?"
_TIME = r"\d{1,2} ?[h:](?:\d\d)?(?!\w)"
_ANCHOR = re.compile(
    rf"\b(?:{_DAY}|matin(?:ee)?s?|soir(?:ee)?s?|apres-midis?|semaines?|quinzaine|week-?end|hebdomadaire|jours?)(?!\w)|\b{_TIME}"
)
"""What tells a time, e.g. `samedi`, `sam.`, `8h30`, `matin`; of a folded text."""
_BEFORE = re.compile(rf"(?:(?<![\w'])(?:le|les|et|chaque|tous|toutes|une?|[1-5]|{_ORDINAL})\s+)+$")
"""What belongs to the time that follows, e.g. `tous les `, `le 1er `."""
_AFTER = re.compile(
    rf"\s*(?:[-–—/&+]|(?:d')?(?:{_MONTH})\b|(?:{_DAY})(?!\w)|(?:{_ORDINAL})(?!\w)|{_TIME}|\d{{1,2}}\b(?!\s+(?:bis|rue|place))"
    r"|\b(?:matins?|soirs?|apres-midi|midi|minuit|de|du|a|au|et|le|les|mois|semaines?|paires?|impaires?|sur|deux|sauf|jusqu'(?:a|au)|entre|vers)(?!\w))"
)
"""What goes on telling a time, e.g. ` à 13h`, ` et dimanche`, ` d'avril à octobre`."""
_LOOSE_END = re.compile(r"(?:\s+(?:de|du|a|au|et|le|les|sur|vers)|\s*[-–—/&+])+$")
_LINK = re.compile(r"[\s:,–—-]+(?:(?:le|les|du|de|des|au|a|et|chaque|tous|toutes)\b[\s:,–—-]*)*$")
"""What ties a name to the time after it, e.g. the end of `Marché de Cholet le `."""
_DOUBT = re.compile(
    rf"\b(?:ete|hiver|printemps|automne|saisons?|saisonnier|vacances|feries?|sauf|selon|parfois|certaine?s|ponctuel\w*|occasionnel\w*|commandes?"
    r"|pas|plus|jamais|bientot|prochain\w*|reservations?|rdv|rendez-vous|ferme[es]?(?! d)|fermeture|suspendu\w*|arret\w*|reprise|annule\w*|jusqu'\w+|a partir|des le|sur deux|semaines?|quinzaine|mois|hors|ou)\b"
    rf"|^(?:{_ORDINAL})(?!\w)|(?<!\d )(?<!\der )\b(?:{_MONTH})\b"
)
"""What may bend the hours of a point from outside of them, e.g. `sauf vacances`; not the date of `place du 8 mai`."""
_LIST = re.compile(r"\s*[\n;•|]+\s*")
_NEXT = re.compile(r"(?:\s*[,.]|\s+et)\s+(?=(?:au |l'|les? )?(?:marche|amap)s?\b)")
"""Before another point in the same line, e.g. the comma of `Marché de Cholet, samedi, Marché de Segré, lundi`."""
_PIECE = re.compile(
    rf"\s*,\s+|\s*,(?!\d)|\s*[()]+\s*|\s*:\s+|(?<![\dh]) [-–—] (?!(?:{_DAY})(?!\w))| [-–—] (?!\d|(?:{_DAY})(?!\w))"
)
_WAY = (
    r"(?:\d{1,4} ?(?:bis|ter)?,? +)?(?:rue|place|placette|avenue|av|boulevard|bd|bld|quai|esplanade|allees?|chemin|route|cours|square|impasse|mail|parvis|passage"
    r"|faubourg|rond-point|promenade|cite|lieu-dit|zone|za|zi)\b"
)
_STREET = re.compile(rf"(?:(?:a|au|aux|sur|dans)\s+)?(?:la |le |les |l')?(?P<way>{_WAY}.*)")
_SPOT = re.compile(
    r"(?:devant|derriere|face|en face|pres|a cote|chez|sous|sur|dans|au pied|au bout|parking|halles?|salle|eglise|mairie|ecole|gare|centre|cour|ferme|local|maison"
    r"|magasin|chateau|jardin|parc|bourg|au bourg|(?:a |au )?(?:la |le |l')(?:halles?|eglise|mairie|ecole|gare|ferme|salle|bourg|chateau))\b"
)
"""What may stand beside hours and say where alone, e.g. `devant l'église`."""
_VENUE = re.compile(
    r"(?:(?:le|la|les|au|a la|sur le)\s+|l')?(?:(?:petit|grand)s?\s+)?(?:marches?|amap|halles?|foire|drive|ruche|magasin|boutique|epicerie|biocoop|paniers?|depot|relais|point|stand"
    r"|distribution|livraison)\b"
)
_OF = re.compile(r"\b(?:(de la|a la)\s+|(de l|a l)'|(du|au)\s+|(des|aux)\s+|(?:de|a)\s+|d')")
"""Before a commune's name, e.g. `du ` of `Marché du Lion-d'Angers`."""
_ARTICLES = ("la ", "l'", "le ", "les ")
_CODE = re.compile(r"(?<!\d)\(?(\d{5}|(?<=\()\d{2,3}(?=\)))\)?(?!\d)")
"""A postcode or a department, e.g. `49300`, `(49)`."""
_TO = re.compile(r"^[àÀ]\s+")
_BULLET = re.compile(r"^[^\w<«\"'(]+")
"""What decorates a line, e.g. `* `, `🥕 `."""


def points_of(record: Mapping[str, Any]) -> tuple[Point, ...]:
    """The points of a fiche's public record, as its text alone tells them."""
    written = record["autres_points_de_vente"]
    return points(written, record["code_postal"] or "", record["insee"] or "") if written else ()


@lru_cache(maxsize=8192)
def points(text: str, code_postal: str, insee: str) -> tuple[Point, ...]:
    """The points of `autres_points_de_vente`. `code_postal` and `insee`, `""` where unknown, are the fiche's: its department tells homonyms apart."""
    area = code_postal or {"2A": "20", "2B": "20"}.get(insee[:2], insee)
    found = [_point(written, area) for written in islice(_entries(text), MOST)]
    if any(
        not point.commune and _DOUBT.search(_folded(point.texte)) for point in found
    ):  # «Pas de marché en janvier» is of all the others
        found = [point._replace(opening_hours="") for point in found]
    return tuple(found)


def _entries(text: str) -> Iterator[str]:
    for line in _LIST.split(text):
        start, plain = 0, _folded(line)
        for joint in _NEXT.finditer(plain):
            if _is_whole(line[start : joint.start()]):
                yield line[start : joint.start()].strip(" ,-–—*")
                start = joint.end()
        if re.search(r"\w", line[start:]):
            yield line[start:].strip(" ,-–—*")


def _is_whole(text: str) -> bool:
    """True where a point has both its name and its time, so that another may follow."""
    parts = [_parted(piece) for piece in _pieces(text) if piece]
    return any(time for _, time, _ in parts) and any(before or after for before, _, after in parts)


def _folded(text: str) -> str:
    """Of as many letters as the text, so that places in one are places in the other."""
    return "".join(fold(letter)[:1] or " " if not letter.isspace() else " " for letter in text).replace("’", "'")


def _point(written: str, area: str) -> Point:
    names: list[str] = []
    streets: list[str] = []
    spots: list[str] = []
    times: list[str] = []
    code = next(iter(_CODE.findall(written)), "")
    for piece in filter(None, _pieces(written)):
        before, time, after = _parted(piece)
        for part, is_name in ((before, not times), (time, False), (after, False)):
            plain = _folded(part)
            if not part:
                continue
            if part is time:
                times.append(part)
            elif _STREET.match(plain):
                streets.append(part)
            elif _SPOT.match(plain) and (names or times):
                spots.append(part)
            elif is_name or _whole(part, code or area):
                names.append(part)
            else:  # a word that is not understood is left among the hours, which are then no more understood than it
                times.append(part)
    place = _place([*names, *streets, *spots], code, area)
    doubted = any(_DOUBT.search(_folded(part)) for part in (*names, *streets, *spots))
    street = next(iter(streets), "")
    way = _STREET.match(_folded(street))
    point = Point(
        written,
        ", ".join(filter(None, map(_named, names))) or street or written,
        street[way.start("way") :] if way else "",
        place.name if place else "",
        _code_of(place, code) if place else "",
        communes.whole(place).insee if place else "",
        "" if doubted or not times else opening_hours(", ".join(times)) or "",
    )
    if place is None or place.latitude is None:
        return point
    return point._replace(latitude=place.latitude, longitude=place.longitude, approximatif=True)


def _named(part: str) -> str:
    """A part as a person would name the place, e.g. `à Cholet (49)` → `Cholet`."""
    return _TO.sub("", _CODE.sub("", part)).strip(" ,.:–—-")


def _pieces(written: str) -> list[str]:
    plain, pieces, start = _folded(written), [], 0
    for joint in _PIECE.finditer(plain):
        pieces.append(written[start : joint.start()])
        start = joint.end()
    return [_BULLET.sub("", piece).strip() for piece in (*pieces, written[start:])]


def _parted(piece: str) -> tuple[str, str, str]:
    """What stands before the time in a piece, the time, and what follows it."""
    plain = _folded(piece)
    anchors = list(_ANCHOR.finditer(plain))
    if not anchors:
        return piece, "", ""
    first, last = anchors[0].start(), anchors[-1].end()
    before = _BEFORE.search(plain[:first])
    start = before.start() if before else first
    while (more := _AFTER.match(plain, last)) and more.end() > last:
        last = more.end()
    last -= len(plain[start:last]) - len(_LOOSE_END.sub("", plain[start:last]))
    tied = _LINK.search(" " + plain[:start])
    return piece[: max(0, tied.start() - 1) if tied else start].strip(), piece[start:last], piece[last:].strip(" :–—-")


def _place(parts: list[str], code: str, area: str) -> communes.Place | None:
    """The one commune that the parts name; None where they name none, or several."""
    where = code or area
    found = [place for part in parts if (place := _whole(part, where))]
    if not found:
        found = [place for part in parts if (place := _at_end(part, where))]
    if not found and len(code) == 5:
        found = list(communes.with_postcode(code))
    if len({communes.whole(place).insee for place in found}) != 1:
        return None
    return next((place for place in found if isinstance(place, communes.Part)), found[0])


def _whole(part: str, where: str) -> communes.Place | None:
    """The commune that a part is the name of, e.g. `Angers`, `à Angers`, `49000 Angers`."""
    return communes.of_name(_named(part), where)


def _at_end(part: str, where: str) -> communes.Place | None:
    """The commune with whose name a market's ends, e.g. `Marché du Lion-d'Angers`, `Marché Lafayette Angers`."""
    plain, bare = _folded(part), _CODE.sub(lambda code: " " * len(code[0]), part)
    venue = _VENUE.match(plain)
    if venue is None or re.search(r"\bet\b", plain):
        return None
    for tie in _OF.finditer(plain, venue.end()):
        article = next((article for article, group in zip(_ARTICLES, tie.groups(), strict=True) if group), "")
        for name in dict.fromkeys((article + bare[tie.end() :].strip(), bare[tie.end() :].strip())):
            if place := communes.of_name(name, where):
                return place
    starts = (space.end() for space in re.finditer(r"\s", plain[venue.end() - 1 :]))
    names = (bare[venue.end() - 1 + start :].strip() for start in starts)
    return next((place for name in names if (place := communes.of_name(name, where))), None)


def _code_of(place: communes.Place, code: str) -> str:
    if len(code) == 5:
        return code
    return place.postcodes[0] if len(place.postcodes) == 1 else ""
