"""The second factor: enrolling, requiring, taking away."""

from typing import Any

from identity.usecases.enroler_second_facteur import activer as activer_le_mien
from identity.usecases.enroler_second_facteur import enroler as enroler_le_mien
from identity.usecases.exiger_second_facteur import exiger_second_facteur, retirer_second_facteur
from identity.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Travail


def enroler(body: dict[str, str], acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """A secret for one's telephone."""
    preuve = body["identifiant"], body["mot_de_passe"], body.get("code")
    secret, uri = enroler_le_mien(travail, acces, outils, *preuve)
    return {"secret": secret, "uri": uri}, 201, {}


def activer(body: dict[str, str], acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Its first code; the recovery codes."""
    codes = activer_le_mien(travail, acces, outils, body["identifiant"], body["mot_de_passe"], body["code"])
    return {"codes_de_recuperation": codes}


def exiger(body: dict[str, Any], acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Require it, or no longer."""
    exiger_second_facteur(travail, acces, outils, body["partenaire"], body["requis"])
    return None, 204, {}


def retirer(identifiant: str, acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Take somebody's lost one away."""
    retirer_second_facteur(travail, acces, outils, identifiant)
    return None, 204, {}
