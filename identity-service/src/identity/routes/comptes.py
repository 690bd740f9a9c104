"""Accounts of the people of a partner."""

from typing import Any

from identity.domain.identifiants import Theme
from identity.routes.instants import instant
from identity.usecases.creer_compte import creer_compte
from identity.usecases.fermer_compte import fermer_compte
from identity.usecases.lire_compte import lire_mon_compte
from identity.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Travail

PERSONNE = ("nom", "prenom", "courriel")


def creer(body: dict[str, str], acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Create an account."""
    personne = {champ: body[champ] for champ in PERSONNE}
    identifiant = creer_compte(travail, acces, outils, body["partenaire"], personne, Theme(body["theme"]))
    return {"identifiant": identifiant}, 201, {}


def lire_le_mien(acces: Acces, travail: Travail[Depots]) -> Any:
    """Read one's own account."""
    compte, dernieres = lire_mon_compte(travail, acces)
    qui, ou = compte.personne, compte.appartenance
    return {
        "identifiant": compte.identifiant,
        "nom": qui.nom,
        "prenom": qui.prenom,
        "courriel": qui.courriel,
        "partenaire": ou.partenaire,
        "caf": ou.caf,
        "dernieres_connexions": [
            {"ouverte_a": instant(session.ouverte_a), "adresse": session.adresse} for session in dernieres
        ],
    }


def fermer(identifiant: str, acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Close an account."""
    fermer_compte(travail, acces, outils, identifiant)
    return None, 204, {}
