"""The mails that are written to people: French, polite, without a link that could teach them to follow one."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from identity.domain.comptes import Compte, Personne

_PARIS = ZoneInfo("Europe/Paris")
_JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MOIS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
         "novembre", "décembre")  # fmt: skip
_FIN = """\
Votre identifiant et votre mot de passe sont personnels : ne les communiquez à personne.
La Caf ne vous les demandera jamais, ni par courriel, ni par téléphone.

{inattendu}

Cordialement,
Mon Compte Partenaire

Ce message est envoyé automatiquement ; merci de ne pas y répondre.
"""
_PROVISOIRE = """\
Mot de passe provisoire : {mot_de_passe}

Ce mot de passe est valable 24 heures, jusqu’au {echeance} (heure de Paris).

Ce que vous avez à faire :
1. Rendez-vous sur Mon Compte Partenaire et saisissez votre identifiant et ce mot de passe provisoire.
2. Choisissez votre mot de passe : de 8 à 32 caractères, avec au moins une majuscule, une minuscule,
   un chiffre et un caractère spécial (hors sigle monétaire : € £ $…).
"""
_SIGNALER = "Si vous n’attendiez pas ce message, signalez-le à l’administrateur de votre organisme ou à votre Caf."


@dataclass(frozen=True, slots=True)
class Courriel:
    """A mail to be sent."""

    destinataire: str
    objet: str
    texte: str


def bienvenue(personne: Personne, identifiant: str, mot_de_passe: str, expire_a: datetime) -> Courriel:
    """The mail of a new account: identifiant, provisional password, until when, what to do."""
    dit = (
        "Un compte vient d’être créé pour vous sur Mon Compte Partenaire, le portail des partenaires des Caf.\n\n"
        f"Identifiant : {identifiant}\n"
    )
    return _provisoire(personne, "Votre compte Mon Compte Partenaire", dit, mot_de_passe, expire_a, _SIGNALER)


def mot_de_passe_renvoye(personne: Personne, mot_de_passe: str, expire_a: datetime) -> Courriel:
    """The mail of who has let her provisional password run out."""
    dit = "Un nouveau mot de passe provisoire vous est envoyé. Le précédent ne peut plus servir.\n\n"
    return _provisoire(personne, "Votre nouveau mot de passe provisoire", dit, mot_de_passe, expire_a, _SIGNALER)


def mot_de_passe_impose(personne: Personne, mot_de_passe: str, expire_a: datetime) -> Courriel:
    """The mail of who has to choose another password because the Caf wants it."""
    dit = (
        "Votre Caf vous demande de changer votre mot de passe. L’ancien ne peut plus servir, et vos connexions\n"
        "en cours sont terminées.\n\n"
    )
    return _provisoire(personne, "Votre mot de passe doit être changé", dit, mot_de_passe, expire_a, _SIGNALER)


def mot_de_passe_oublie(compte: Compte, mot_de_passe: str, expire_a: datetime) -> Courriel:
    """The mail of who has forgotten her password: it names the organisme and not the identifiant, so that this mail
    alone opens nothing."""
    ou = compte.appartenance
    organisme = f"l’organisme {ou.partenaire}" if ou.partenaire else f"la Caf {ou.caf}"
    dit = f"Vous avez déclaré avoir oublié le mot de passe de votre compte auprès de {organisme}.\n\n"
    inattendu = (
        "Si vous n’avez rien demandé, ne faites rien : votre mot de passe actuel reste valable.\n"
        "Si ces messages se répètent, signalez-le à l’administrateur de votre organisme ou à votre Caf."
    )
    return _provisoire(compte.personne, "Votre mot de passe oublié", dit, mot_de_passe, expire_a, inattendu)


def connexion_inhabituelle(personne: Personne, adresse: str | None, instant: datetime) -> Courriel:
    """The mail that tells a login from an address which was not seen for this account lately."""
    dit = (
        "Une connexion à votre compte vient d’avoir lieu depuis une adresse inhabituelle :\n\n"
        f"Date : {en_toutes_lettres(instant)} (heure de Paris)\n"
        f"Adresse : {adresse or 'inconnue'}\n\n"
        "Si c’est vous, vous n’avez rien à faire.\n"
    )
    inattendu = (
        "Si ce n’est pas vous, changez tout de suite votre mot de passe : toutes vos connexions seront terminées.\n"
        "Puis signalez-le à l’administrateur de votre organisme ou à votre Caf."
    )
    return _courriel(personne, "Connexion depuis une adresse inhabituelle", dit, inattendu)


def _provisoire(
    personne: Personne, objet: str, dit: str, mot_de_passe: str, expire_a: datetime, inattendu: str
) -> Courriel:
    suite = _PROVISOIRE.format(mot_de_passe=mot_de_passe, echeance=en_toutes_lettres(expire_a))
    return _courriel(personne, objet, dit + suite, inattendu)


def _courriel(personne: Personne, objet: str, dit: str, inattendu: str) -> Courriel:
    texte = f"Bonjour {personne.prenom} {personne.nom},\n\n{dit}\n{_FIN.format(inattendu=inattendu)}"
    return Courriel(personne.courriel, objet, texte)


def en_toutes_lettres(instant: datetime) -> str:
    """« mardi 24 novembre 2026 à 14 h 05 », as clocks show it in mainland France."""
    local = instant.astimezone(_PARIS)
    quantieme = "1er" if local.day == 1 else str(local.day)
    jour = f"{_JOURS[local.weekday()]} {quantieme} {_MOIS[local.month - 1]} {local.year}"
    return f"{jour} à {local.hour} h {local.minute:02}"
