"""The mails that are written to people: French, polite, without a link that could teach them to follow one."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from identity.domain.comptes import Personne

_PARIS = ZoneInfo("Europe/Paris")
_JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MOIS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
         "novembre", "décembre")  # fmt: skip
_TEXTE = """\
Bonjour {personne.prenom} {personne.nom},

Un compte vient d’être créé pour vous sur Mon Compte Partenaire, le portail des partenaires des Caf.

Identifiant : {identifiant}
Mot de passe provisoire : {mot_de_passe}

Ce mot de passe est valable 24 heures, jusqu’au {echeance} (heure de Paris).

Ce que vous avez à faire :
1. Rendez-vous sur Mon Compte Partenaire et saisissez votre identifiant et ce mot de passe provisoire.
2. Choisissez votre mot de passe : de 8 à 32 caractères, avec au moins une majuscule, une minuscule,
   un chiffre et un caractère spécial (hors sigle monétaire : € £ $…).

Votre identifiant et votre mot de passe sont personnels : ne les communiquez à personne.
La Caf ne vous les demandera jamais, ni par courriel, ni par téléphone.

Si vous n’attendiez pas ce message, signalez-le à l’administrateur de votre organisme ou à votre Caf.

Cordialement,
Mon Compte Partenaire

Ce message est envoyé automatiquement ; merci de ne pas y répondre.
"""


@dataclass(frozen=True, slots=True)
class Courriel:
    """A mail to be sent."""

    destinataire: str
    objet: str
    texte: str


def bienvenue(personne: Personne, identifiant: str, mot_de_passe: str, expire_a: datetime) -> Courriel:
    """The mail of a new account: identifiant, provisional password, until when, what to do."""
    texte = _TEXTE.format(
        personne=personne, identifiant=identifiant, mot_de_passe=mot_de_passe, echeance=en_toutes_lettres(expire_a)
    )
    return Courriel(personne.courriel, "Votre compte Mon Compte Partenaire", texte)


def en_toutes_lettres(instant: datetime) -> str:
    """« mardi 24 novembre 2026 à 14 h 05 », as clocks show it in mainland France."""
    local = instant.astimezone(_PARIS)
    quantieme = "1er" if local.day == 1 else str(local.day)
    jour = f"{_JOURS[local.weekday()]} {quantieme} {_MOIS[local.month - 1]} {local.year}"
    return f"{jour} à {local.hour} h {local.minute:02}"
