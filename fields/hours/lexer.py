"""French words of opening hours → tokens. What no pattern knows is a token too, `UNKNOWN`: it makes the text undecided."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from fields.cell import fold


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    """As folded: no case, no accents."""


FULL_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_DAY = "|".join(FULL_DAYS)
MONTHS = ("jan", "fev", "mars", "avr", "mai", "juin", "juil", "aout", "sep", "oct", "nov", "dec")
_PLACE = (
    r"boutiques?|magasin|epicerie|boulangerie|patisserie|boucherie|charcuterie|traiteur|fromagerie|librairie|papeterie|"
    r"restaurant|pizzeria|brasserie|bar|cafe|atelier|bureaux?|cabinet|salon|cave|caveau|institut|garage|drive|domaine|"
    r"showroom|pepiniere|jardinerie|pharmacie|pressing|laverie|mairie|musee|ferme(?= (?:ouverte|est|vous|ouvre))|"
    r"ventes?(?: directe)?|point de vente|accueil(?: du public)?|retraits?(?: d(?:es|e|u) (?:commandes?|paniers?|produits|colis))?"
)
_IN = r"(?:(?:dans|de|a|sur) (?:la |le |l'|notre |nos )?|au |du |en |la |le |l'|notre |nos )?"

TABLE: tuple[tuple[str, str], ...] = (
    # e.g. «02 61 91 00 42», «🕘», ««», «horaires d'ouverture», «sans interruption», «jours fériés inclus», «parking gratuit»
    (
        "FILL",
        r"""[ \t]+|(?:tel(?:ephone|\.)? ?:? ?)?(?:\+33 ?|0)[1-9](?:[ .-]?\d\d){4}(?!\d)|[\U0001f550-\U0001f567⏰⌚⏱🕰📅📆🗓📍🏪🏬🛒🛍🏠👉✅\ufe0f"«»:]"""
        r"|(?:y compris|meme) (?:les )?jours? feries?\b|jours? feries? (?:inclus|compris)\b"
        r"|(?:nos |les |l')?(?:horaires?|heures)(?: habituels)?(?: d'(?:ouvertures?|accueil))?\b"
        r"|(?:en )?(?:non[- ]?stop|continu)\b|sans interruption\b|journee continue\b|toute l'annee\b|au public\b"
        r"|parking(?: gratuit)?\b|acces pmr\b|entree libre\b|bienvenue\b|a bientot\b|merci\b|bonjour\b"
        r"|(?:inclus|incluse|compris|aussi|egalement|nocturnes?|sont|est|nous|vous)\b"
        r"|(?:sommes|accueillons|accueille|accueillent|sur place|toutes les semaines|chaque semaine)\b"
        r"|pour (?:travaux|conges(?: annuels)?|inventaire|renovation|vacances)\b",
    ),
    # e.g. «\n», «.», «;», «|», «//»; an ellipsis leaves something unsaid and is no end
    ("END", r"\n|\.(?!\.)(?<!\.\.)|[;!|]|//+"),
    ("COMMA", r"[,()\[\]]"),
    # e.g. «7j/7», «7 jours sur 7», «7/7j», «tous les jours», «chaque jour»
    (
        "EVERYDAY",
        r"7 ?j(?:ours?)? ?(?:/|sur)? ?7(?: ?j(?:ours?)?\b)?(?!\d)|7 ?/ ?7(?: ?j(?:ours?)?\b)?(?!\d)|sept jours sur sept\b"
        r"|(?:tou[st]|ts) les jours\b(?! feri)|chaque jour\b",
    ),
    # e.g. «24h/24», «24 heures sur 24», «24h24»
    ("ALL_DAY", r"24 ?(?:h|heures?)? ?(?:/|sur) ?24 ?(?:h|heures?)?(?!\d)|24h24\b"),
    ("ALWAYS", r"24 ?h? ?/ ?7 ?j?\b"),
    # e.g. «28/11/2026»
    ("DATE", r"\d{1,2}/\d{1,2}/20\d\d(?!\d)"),
    # e.g. «9h», «9 h 30», «9h30min», «11hà17h», «9:00», «8.30», «midi»; not «9h 13h», whose 13 is another hour
    (
        "TIME",
        r"\d{1,2} ?(?:h|heures?)(?: ?[0-5]\d(?:mn|min)?(?!\d| ?h| ?:|[.]\d))?(?:(?![a-z])|(?=a ?\d)|(?<=\d)(?=[a-z]))"
        r"|\d{1,2}:[0-5]\d(?![\d:])h?|(?<![\d.])\d{1,2}\.[0-5]\d(?!\.?\d)|minuit\b|midi\b",
    ),
    ("NOON_BREAK", r"entre midi et (?:deux|2 ?h?|14 ?h)\b(?!\d)"),
    ("YEAR", r"20\d\d(?!\d)"),
    # e.g. «1er», «2e», «3ème», «premier», «derniers»
    ("ORDINAL", r"1 ?ers?\b|[2-5] ?(?:eme|e)s?\b|(?:2nd|second|premier|deuxieme|troisieme|quatrieme|cinquieme|dernier)s?\b"),
    ("OF_MONTH", r"(?:du|de chaque|chaque|de tous les) mois\b"),
    ("NUMBER", r"\d{1,2}(?!\d)"),
    # e.g. «semaines paires», «en semaine impaire»
    ("PARITY", r"(?:les |en |des )?(?:semaines?|sem\.?) (?:im)?paires?\b"),
    ("WEEKDAYS", r"(?:en|la) semaine\b"),
    ("WEEKEND", r"week ?-?ends?\b|(?:le |les |en )we\b|w-e\b"),
    ("HOLIDAYS", r"(?:(?:tous )?les )?(?:jours?|j\.) feries?\b|feries\b"),
    # e.g. «lundis», «le lundi» (an article of its own matters to «le dimanche et le lundi matin»), «lun.», «ma», «L»
    (
        "DAY",
        rf"(?:les? )?(?:{_DAY})s?(?![a-z])"
        rf"|(?:les? )?(?:lun|mar|merc?|jeu|vend?|sam|dim|lu|ma|me|je|ve|sa|di|[lmjvsd](?!'))(?![a-z])(?:\.(?!\.| ?(?:{_DAY})| ?\n|$))?",
    ),
    # e.g. «août», «sept.», «juil.»; «mar.» is a day
    (
        "MONTH",
        r"(?:janv(?:ier)?|jan|fevr(?:ier)?|fev|mars|avr(?:il)?|mai|juin|juil(?:l|let)?|aout|sep(?:t|tembre)?|oct(?:obre)?"
        r"|nov(?:embre)?|dec(?:embre)?)(?![a-z])(?:\.(?!\.| ?\n|$))?",
    ),
    ("PART", r"matin(?:ee)?s?\b|apres[- ]?midis?\b|apm\b|aprem\b|soir(?:ee)?s?\b|les? midis?\b"),
    ("UNTIL", r"jusqu(?:' ?|e | )(?:au?x?)\b|jusque?\b"),
    ("FROM", r"a partir de\b|des(?= \d| midi)"),
    ("BETWEEN", r"entre\b"),
    # e.g. «sur rendez-vous», «RDV», «sur réservation»
    ("ON_CALL", r"(?:(?:sur|par|avec) )?(?:rendez[- ]?vous|rdv)\b|sur (?:reservation|demande|commande)\b"),
    # Hours of something else than the door, e.g. «Permanence téléphonique», «Commandes», «Livraison», «Marché de Tiercé»
    (
        "ELSEWHERE",
        r"(?:nos |les |la )?(?:permanences? (?:telephoniques?|par telephone)|standard|telephone|tel\b\.?"
        r"|(?:prises? de )?commandes?|livraisons?|tournees?|marches?)\b",
    ),
    (
        "PLACE",
        rf"{_IN}(?:{_PLACE})(?:(?: ?[-/] ?| et | )(?:{_PLACE}))*(?: (?:a emporter|sur place))?\b(?: a la ferme\b| au domaine\b)?"
        r"|(?:a|de|sur) (?:la|notre) ferme\b",
    ),
    ("ONLY", r"(?:seulement|uniquement|exclusivement)\b"),
    ("OPEN", r"(?:ouvert(?:e|s|es|ures?)?|ouvrons|ouvre)\b"),
    # e.g. «fermé», «fermeture annuelle», «congés», «jour de fermeture»
    ("CLOSED", r"(?:jours? de )?ferm(?:e|es|ee|ees|eture|etures)\b(?: hebdomadaires?| annuelles?)?|conges\b(?: annuels\b)?"),
    ("ONCE", r"exceptionnelle(?:ment|s)?\b"),
    ("EXCEPT", r"(?:sauf|hors|hormis|excepte|a l'exception d(?:u|es?))\b"),
    ("AND", r"(?:et|puis|ainsi que|ensuite|sinon)\b|[&+]"),
    ("OR", r"ou\b"),
    ("TO", r"(?:a|au|aux)(?![a-z'])"),
    # e.g. «-», «–», «→», «=>»
    ("DASH", r"[-=]+>|-|[\u2010-\u2015\u2212→➡>]"),
    ("SLASH", r"/"),
    ("ARTICLE", r"(?:du|des?|les?|la|en|chaque|tous|toutes)\b|[ld]'"),
    ("UNKNOWN", r"[a-z]+|[\s\S]"),
)
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in TABLE), re.ASCII)
_TAG = re.compile(r"<(/?[a-z]+)[^<>]{0,200}>", re.IGNORECASE)
"""e.g. `<br>`, `</span>`."""
_BULLET = re.compile(r"^[\s\-–—•*·▪●◦♦►]+")


def tokens(text: str) -> list[Token]:
    """The tokens that bear on the hours: fillers, and hours of something else than the door, are gone."""
    text = _TAG.sub(
        lambda tag: " " if tag[1].strip("/").lower() in ("b", "i", "em", "strong", "span") else "\n",
        html.unescape(text.lower()),
    )
    lines = (_BULLET.sub("", fold(line.replace("**", " "))) for line in text.splitlines())
    folded = "\n".join(line for line in lines if line)
    found = [Token(match.lastgroup or "", match[0]) for match in _TOKEN.finditer(folded)]
    at_the_door = _at_the_door([token for token in found if token.kind not in ("FILL", "ARTICLE")])
    return [token for token in at_the_door if token.kind != "ONLY"]


def _at_the_door(tokens: list[Token]) -> Iterator[Token]:
    """Leaves out clauses such as «Commandes jusqu'au mercredi 20h,», up to the one that names the door again."""
    position, fresh = 0, True
    while position < len(tokens):
        token = tokens[position]
        if fresh and token.kind == "ELSEWHERE":
            end = next((n for n in range(position, len(tokens)) if _is_door(tokens, n)), len(tokens))
            apart = position == 0 or tokens[position - 1].kind == "END"
            if not _is_left_out(tokens[position:end], apart and end == len(tokens)):
                yield Token("UNKNOWN", token.text)
            position = end
        else:
            yield token
            fresh = token.kind in ("END", "COMMA")
            position += 1


def _is_left_out(clause: list[Token], last: bool) -> bool:
    """False where more than this clause may be meant: «Livraison :» above its days, «(livraison uniquement)» behind others'.

    So it needs a time of its own in its first sentence and none further on; or it is a sentence on its own, the `last`.
    """
    kinds = [token.kind for token in clause]
    sentence = kinds.index("END") if "END" in kinds else len(kinds)
    timed, timed_later = ({"TIME", "NUMBER"} & {*part} for part in (kinds[:sentence], kinds[sentence:]))
    return not timed_later and bool(timed or (last and "ONLY" not in kinds))


def _is_door(tokens: list[Token], n: int) -> bool:
    """True for the break ahead of a clause that names the door: «, boutique …», or as a new sentence «Ouvert …»."""
    after = tokens[n + 1].kind if n + 1 < len(tokens) else ""
    return (tokens[n].kind == "END" and after in ("PLACE", "OPEN", "CLOSED")) or (
        tokens[n].kind in ("COMMA", "AND") and after == "PLACE"
    )
