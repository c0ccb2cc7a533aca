"""Every column of every tab, declared once. Form, reading, filters, open data, help and demo all derive from here."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from fields import Kind, choice, date, hours, link, number, person, phone, place, text, tick
from fields.cell import fold
from words import N_


def header_key(header: object) -> str:
    """A header as it is compared: case, accents, spaces and punctuation do not matter."""
    return re.sub(r"[^a-z0-9]+", "", fold(str(header)))


@dataclass(frozen=True)
class Column:
    """One column of a tab."""

    key: str
    """Its name in code and in open data, without accents."""
    header: str
    """Its header in the sheet, which is also the form's question."""
    kind: Kind
    public: bool = True
    """False: the value never leaves `sheets/`."""
    required: bool = False
    asked: bool = True
    """True: a question of the form. False: written by volunteers or by Google."""
    facet: str | None = None
    """The query parameter that filters by this column's choices."""
    searched: int = 0
    """Weight of its words in a search; 0: its words are not looked at."""
    help: str = ""
    example: str = ""
    aliases: tuple[str, ...] = ()
    """Other headers under which people keep this column."""

    def answers_to(self, header: object) -> bool:
        return header_key(header) in self.header_keys

    @cached_property
    def header_keys(self) -> frozenset[str]:
        return frozenset(header_key(name) for name in (self.header, *self.aliases))


CATEGORIES = (
    "AMAP",
    "Artisan",
    "Bar",
    "Bien-être",
    "Boucherie",
    "Boulangerie",
    "Cave",
    "Coiffeur",
    "Culture",
    "Épicerie",
    "Fleuriste",
    "Fromagerie",
    "Jardinerie",
    "Librairie",
    "Maison",
    "Marché",
    "Mode",
    "Poissonnerie",
    "Primeur",
    "Producteur",
    "Restaurant",
    "Services",
    "Traiteur",
    "Autre",
)
OTHER_CATEGORY = "Autre"
DOOR_CLOSED = "Livraison ou retrait seulement"
WELCOME = ("Accueil normal", DOOR_CLOSED)
DELIVERY = (
    "Retrait sur place",
    "Retrait de commande",
    "Livraison à domicile",
    "Point relais",
    "Marché",
    "AMAP",
    "Drive fermier",
    "Envoi postal",
)
ANY_DELIVERY = "Livraison ou retrait"
"""A choice of visitors alone: a shop that keeps its door shut, or has any mode of `DELIVERY` but a meeting."""
MEETINGS = ("Marché", "AMAP")
PAYMENTS = (
    "Espèces",
    "Carte bancaire",
    "Chèque",
    "Virement",
    "Titres-restaurant",
    "Paiement en ligne",
)
LABELS = (
    "Agriculture biologique (AB)",
    "Bienvenue à la ferme",
    "Nature & Progrès",
    "Demeter",
    "Label Rouge",
    "AOP",
    "AOC",
    "IGP",
    "Artisan d'art",
    "Maître artisan",
    "Commerce équitable",
)
CONSENT = "J'accepte que ces informations soient publiées"

FICHE: tuple[Column, ...] = (
    Column("horodateur", "Horodateur", date.Timestamp(), public=False, asked=False, aliases=("Timestamp",)),
    Column("nom", "Nom", text.Line(120), required=True, searched=8, example=N_("Boulangerie des Lices"),
           help=N_("Le nom de votre commerce, tel que vos clients le connaissent.")),
    Column("categorie", "Catégorie", choice.One(CATEGORIES, free=True), required=True, facet="categorie", searched=6,
           example="Boulangerie", help=N_("La rubrique de l'annuaire où l'on vous cherchera.")),
    Column("activite", "Activité", text.Line(200), searched=4, example=N_("Pain au levain et brioches"),
           help=N_("En quelques mots, ce que vous faites.")),
    Column("produits", "Produits", text.Lines(1000), searched=7, example=N_("pain, brioche, farine"),
           help=N_("Les mots que l'on pourrait chercher : pain, œufs, réparation de vélo…")),
    Column("description", "Description", text.Lines(3000), searched=1, example=N_("Un fournil de village, au feu de bois."),
           help=N_("Présentez votre maison en quelques phrases.")),
    Column("adresse", "Adresse", text.Line(200), searched=1, example=N_("12 rue des Lices"),
           help=N_("Numéro et rue, ou lieu-dit.")),
    Column("code_postal", "Code postal", place.Postcode(), example=N_("49100"), help=N_("Cinq chiffres.")),
    Column("commune", "Commune", text.Line(80), facet="commune", searched=3, example=N_("Angers"),
           help=N_("La commune où l'on vous trouve.")),
    Column("autres_points_de_vente", "Autres points de vente", text.Lines(1000), searched=1,
           example=N_("Marché de Cholet, samedi matin, place Travot"),
           help=N_("Un par ligne : marché ou lieu, jour, heure.")),
    Column("telephone", "Téléphone", phone.Phone(), example=N_("02 61 91 00 42"),
           help=N_("Le numéro que vos clients peuvent appeler.")),
    Column("site", "Site web", link.Web(), example=N_("https://exemple.example"), help=N_("L'adresse de votre site."),
           aliases=("Site", "Site internet")),
    Column("facebook", "Facebook", link.Facebook(), example=N_("https://www.facebook.com/exemple"),
           help=N_("L'adresse de votre page, ou son @nom.")),
    Column("instagram", "Instagram", link.Instagram(), example=N_("@exemple"), help=N_("L'adresse de votre compte, ou son @nom.")),
    Column("autre_reseau", "Autre réseau", text.Line(200), example=N_("Mastodon : @exemple@piaille.example"),
           help=N_("Un autre endroit où vous suivre.")),
    Column("horaires", "Horaires", hours.Hours(), example=N_("Du mardi au samedi 9h-12h30 et 14h-19h"),
           help=N_("Écrivez-les comme sur votre porte : « Du mardi au samedi 9h-12h30 et 14h-19h ».")),
    Column("horaires_exceptionnels", "Horaires exceptionnels", text.Lines(500),
           example=N_("Ouvert le dimanche 20 décembre de 9h à 13h"), help=N_("Fêtes, jours fériés, saison…")),
    Column("ferme_du", "Fermé du", date.Day(), example="03/08/2026", help=N_("Premier jour de vos congés.")),
    Column("ferme_au", "Fermé au", date.Day(), example="16/08/2026", help=N_("Dernier jour de vos congés.")),
    Column("accueil", "Accueil", choice.One(WELCOME), example=WELCOME[0],
           help=N_("Reçoit-on vos clients sur place ?")),
    Column("livraison", "Modes de livraison", choice.Several(DELIVERY), facet="livraison", searched=1,
           example="Retrait sur place, Livraison à domicile", help=N_("Tous ceux que vous proposez.")),
    Column("conditions_de_livraison", "Conditions de livraison", text.Lines(500),
           example=N_("Le jeudi, dans un rayon de 15 km, dès 20 €"), help=N_("Jours, rayon, minimum de commande…")),
    Column("paiement", "Paiements", choice.Several(PAYMENTS, same={"cb": "Carte bancaire", "ticket resto": "Titres-restaurant"}),
           facet="paiement", example="Espèces, Carte bancaire", help=N_("Les moyens de paiement acceptés.")),
    Column("monnaie", "Monnaie locale acceptée", choice.YesNo(), facet="monnaie", example="Oui",
           help=N_("Acceptez-vous la monnaie locale ?")),
    Column("labels", "Labels", choice.Several(LABELS, same={"ab": "Agriculture biologique (AB)", "bio": "Agriculture biologique (AB)"}),
           facet="label", searched=2, example="Agriculture biologique (AB)", help=N_("Vos labels et certifications.")),
    Column("photo", "Photo", link.Photo(), example=N_("https://images.example.org/fournil.jpg"),
           help=N_("L'adresse d'une photo que vous avez le droit de publier.")),
    Column("infos", "Informations pratiques", text.Lines(1000), searched=1, example=N_("Parking derrière l'église."),
           help=N_("Accès, stationnement, réservations…")),
    Column("email", "E-mail", person.Email(), public=False, example=N_("contact@exemple.example"), aliases=("Adresse e-mail", "Email Address"),
           help=N_("Pour vous écrire au sujet de votre fiche. Jamais publié.")),
    Column("contact", "Nom du contact", text.Line(120), public=False, example=N_("Camille Exemple"),
           help=N_("La personne à qui parler. Jamais publié.")),
    Column("siret", "SIRET", person.Siret(), public=False, example=N_("732 829 320 00074"),
           help=N_("Facultatif, pour éviter les doublons. Jamais publié.")),
    Column("consentement", "Consentement", tick.Consent(CONSENT), public=False, required=True, example=CONSENT,
           help=N_("Sans votre accord, rien n'est publié.")),
    Column("suivi_par", "suivi par", text.Line(60), public=False, asked=False, aliases=("bénévole", "pris par", "relu par"),
           help="Le prénom de qui s'occupe de cette ligne. Jamais publié."),
    Column("approved", "approved", tick.Tick(), public=False, asked=False,
           help="Cochez pour mettre la fiche en ligne, décochez pour la retirer."),
    Column("latitude", "latitude", place.Latitude(), asked=False, example="47.4711",
           help="Facultatif : corrige le point sur la carte."),
    Column("longitude", "longitude", place.Longitude(), asked=False, example="-0.5473",
           help="Facultatif : corrige le point sur la carte."),
    Column("note", "note", text.Lines(2000), public=False, asked=False, help="Pour l'équipe. Jamais publiée."),
)  # fmt: skip

LINK_HEADER = "lien"
"""Embedded sheet only: a private column with the digest of the merchant's private link, never the link."""

ARTICLE_TYPES = ("article", "page")

MAG: tuple[Column, ...] = (
    Column("titre", "titre", text.Line(200), required=True, help="Le titre de l'article."),
    Column("chapo", "chapô", text.Lines(600), help="Deux phrases qui donnent envie de lire."),
    Column("texte", "texte", text.Markdown(60_000), required=True, help="L'article, en Markdown."),
    Column("image", "image", link.Photo(), help="L'adresse d'une image."),
    Column("auteur", "auteur", text.Line(120)),
    Column("date", "date", date.Moment(), help="Jour de parution ; un jour à venir attend son heure."),
    Column("rubrique", "rubrique", text.Line(60)),
    Column("type", "type", choice.One(ARTICLE_TYPES), help="article (par défaut) ou page (dans le menu)."),
    Column("publie", "publié", tick.Tick(), help="Cochez pour publier."),
)

SUIVI_HEADERS = ("ligne", "horodateur", "nom", "état", "à corriger", "changé", "depuis", "vérifié le", "empreinte")
SIGNALEMENTS_HEADERS = ("fiche", "quoi", "quand", "traité")
REPORT_KINDS = {
    "ferme": N_("Fermé définitivement"),
    "horaires": N_("Les horaires sont faux"),
    "demenage": N_("A déménagé"),
    "autre": N_("Autre chose"),
}
"""What a visitor may say of a fiche, and how the tab «Signalements» words it."""
LONGEST_REPORT = 300
"""Characters of the visitor's own line."""


ON, OFF = (
    frozenset(("oui", "o", "vrai", "true", "yes", "on", "1", "x")),
    frozenset(("", "non", "n", "faux", "false", "no", "off", "0", "-")),
)
"""What turns a switch of «Réglages», folded."""


def setting(header: str, kind: Kind, default: Any, help: str, *aliases: str) -> Any:
    """One key of the tab «Réglages», as a field of `Site`."""
    return field(default=default, metadata={"header": header, "kind": kind, "help": help, "aliases": aliases})


MAIL_BLANKS = ("nom", "site", "lien", "fiche", "manque", "contact")
"""What the team may leave open in a message to a merchant, e.g. `{nom}`."""


def subject(name: str, words: str) -> Any:
    """The subject of a message to merchants, as a key of «Réglages»."""
    return setting(f"courrier {name} (objet)", text.Template(150, MAIL_BLANKS), words, f"L'objet du message «{name}».")


def body(name: str, when: str, words: str, *needed: str) -> Any:
    """Its text. `needed`: the blanks without which it says nothing."""
    known = ", ".join(f"{{{blank}}}" for blank in MAIL_BLANKS)
    help = f"Le message au commerçant {when}. On peut y écrire {known}."
    return setting(f"courrier {name}", text.Template(3000, MAIL_BLANKS, needed), words, help)


@dataclass(frozen=True)
class Site:
    """What the team says of its site in the tab «Réglages». Every field is a key of that tab."""

    name: str = setting("nom du site", text.Line(80), "Conso-locale", "Le nom affiché partout.")
    welcome: str = setting("texte d'accueil", text.Lines(600), N_("Les commerces, producteurs et artisans près de chez vous."),
                           "Quelques mots en haut de l'annuaire.", "accueil")  # fmt: skip
    territory: str = setting("territoire", text.Line(80), "", "Le nom du territoire, par exemple Maine-et-Loire.")
    centre: tuple[float, float] | None = setting("centre de la carte", place.Centre(), None,
                                                 "Latitude et longitude, par exemple 47,4711 ; -0,5473.")  # fmt: skip
    zoom: float = setting("zoom", number.Number(1, 18), 9.0, "Zoom de la carte à l'ouverture, de 1 à 18.")
    form_url: str = setting("adresse du formulaire", link.Web(), "", "L'adresse publique du Google Form.", "formulaire")
    contact: str = setting("contact", person.Email(), "", "L'adresse e-mail de l'équipe, affichée sur le site.")
    currency: str = setting("monnaie locale", text.Line(60), "", "Le nom de la monnaie locale, par exemple la Muse.")
    currency_code: str = setting("code de la monnaie", text.Line(8), "", "Son code dans OpenStreetMap, par exemple MUSE.")
    licence: str = setting("licence", text.Line(120), "Licence Ouverte 2.0", "La licence des données ouvertes.")
    crisis: str = setting(
        "crise", text.Line(300), "",
        "oui, ou une annonce pour le haut de chaque page : horaires exceptionnels et accueil passent devant. non ou rien : tout redevient normal.",
    )  # fmt: skip
    stale_days: float = setting("à vérifier après (jours)", number.Number(1, 3650), 180.0,
                                "Âge à partir duquel une fiche est dite à vérifier.")  # fmt: skip
    waiting_days: float = setting("attente signalée après (jours)", number.Number(1, 3650), 7.0,
                                  "Délai au bout duquel une réponse que personne n'a relue passe devant les autres.")  # fmt: skip
    color: str = setting("couleur", text.Color(), "#2e7d32", "La couleur du site, par exemple #2e7d32.")
    logo: str = setting("logo", link.Photo(), "", "L'adresse du logo.")
    publisher: str = setting("éditeur", text.Line(200), "", "Qui publie le site (mentions légales).")
    host: str = setting("hébergeur", text.Line(200), "", "Qui héberge le site (mentions légales).")
    about: str = setting("à propos", text.Markdown(10_000), "", "Présentation de l'équipe, en Markdown.")
    address: str = setting(
        "adresse du site", link.Web(), "", "L'adresse publique du site, pour les liens des messages aux commerçants."
    )
    mails: str = setting("messages aux commerçants", text.Line(20), "oui", "oui, ou non : aucun message ne part.")
    still_months: float = setting("toujours exact tous les (mois)", number.Number(0, 120), 6.0,
                                  "Mois sans confirmation après lesquels on demande au commerçant si sa fiche est toujours exacte ; 0 : jamais.")  # fmt: skip
    received_subject: str = subject("reçue", N_("{nom} : votre fiche est bien arrivée"))
    received_body: str = body(
        "reçue", "quand une fiche arrive",
        N_(
            "Bonjour,\n\nVotre fiche « {nom} » est bien arrivée, merci ! Une personne de l'équipe la relit, puis elle paraît sur {site}.\n\n"
            "Pour la corriger, voici votre lien privé ; gardez-le pour vous :\n{lien}\n\nL'équipe de {site}"
        ),
    )  # fmt: skip
    online_subject: str = subject("en ligne", N_("{nom} est en ligne : voici votre page"))
    online_body: str = body(
        "en ligne", "quand sa fiche paraît pour la première fois",
        N_(
            "Bonjour,\n\nVotre fiche « {nom} » est en ligne. Voici votre page :\n{fiche}\n\n"
            "Une faute, un horaire qui change ? Votre lien privé permet de la corriger ; gardez-le pour vous :\n{lien}\n\nL'équipe de {site}"
        ),
    )  # fmt: skip
    lacking_subject: str = subject("il manque", N_("{nom} : il manque peu de chose à votre fiche"))
    lacking_body: str = body(
        "il manque", "quand sa fiche ne peut pas paraître",
        N_(
            "Bonjour,\n\nPour que votre fiche « {nom} » paraisse sur {site}, il manque :\n{manque}\n\n"
            "Votre lien privé la rouvre, avec vos réponses :\n{lien}\n\nL'équipe de {site}"
        ), "manque",
    )  # fmt: skip
    still_subject: str = subject("toujours exact", N_("{nom} : votre fiche est-elle toujours exacte ?"))
    still_body: str = body(
        "toujours exact", "de temps en temps, pour qu'il confirme ou corrige",
        N_(
            "Bonjour,\n\nVos clients se fient à votre fiche « {nom} » :\n{fiche}\n\nTout y est toujours exact ?\n"
            "Oui : ouvrez ce lien et validez, sans rien changer.\nNon : le même lien permet de modifier votre fiche.\n{lien}\n\n"
            "Merci pour vos clients !\n\nL'équipe de {site}"
        ), "lien",
    )  # fmt: skip

    @property
    def writes_to_merchants(self) -> bool:
        return fold(self.mails) not in OFF - {""}

    @property
    def in_crisis(self) -> bool:
        """True where exceptions come to the front of form, cards and filters."""
        return fold(self.crisis) not in OFF

    @property
    def announcement(self) -> str:
        """What stands at the top of every page; `""` where the switch alone was turned."""
        return self.crisis if fold(self.crisis) not in OFF | ON else ""

    def unconfirmed_days(self, verified: datetime.date | None, today: datetime.date) -> int:
        """Days since a fiche was verified, where they are more than `stale_days`; else 0."""
        days = 0 if verified is None else (today - verified).days
        return days if days > self.stale_days else 0


REGLAGES = fields(Site)
EXCEPTIONS = ("horaires_exceptionnels", "ferme_du", "ferme_au", "accueil")
"""The columns that come first in a crisis."""


@dataclass(frozen=True)
class Tab:
    """A tab of the spreadsheet and the names under which it is found."""

    name: str
    aliases: tuple[str, ...] = ()

    def answers_to(self, title: str) -> bool:
        return header_key(title) in {header_key(name) for name in (self.name, *self.aliases)}


RESPONSES = Tab("Réponses au formulaire 1", ("Form Responses 1", "Réponses au formulaire", "Réponses"))
MAG_TAB = Tab("Mag")
REGLAGES_TAB = Tab("Réglages")
SUIVI_TAB = Tab("Suivi")
SIGNALEMENTS_TAB = Tab("Signalements")
TABS = (RESPONSES, MAG_TAB, REGLAGES_TAB, SUIVI_TAB, SIGNALEMENTS_TAB)

BY_KEY = {column.key: column for column in FICHE}
QUESTIONS = tuple(column for column in FICHE if column.asked)
FACETS = {column.facet: column for column in FICHE if column.facet}


def options(column: Column) -> tuple[str, ...]:
    """The declared choices of a column; empty for a column without choices."""
    return getattr(column.kind, "options", ())


def public(columns: Iterable[Column] = FICHE) -> tuple[Column, ...]:
    return tuple(column for column in columns if column.public)
