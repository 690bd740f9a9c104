"""Changing, imposing, sending and having forgotten a password."""

from typing import Any

from identity.usecases.changer_mot_de_passe import changer_mot_de_passe
from identity.usecases.declarer_oubli import declarer_oubli
from identity.usecases.imposer_changement import imposer_changement, renvoyer_provisoire
from identity.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Travail

OUBLI = "Si cette adresse est celle d’un compte, un mot de passe provisoire, valable 24 heures, vient d’y être envoyé."


def changer(body: dict[str, str], acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Change it, provisional or not."""
    changer_mot_de_passe(travail, acces, outils, body["identifiant"], body["ancien"], body["nouveau"])
    return None, 204, {}


def imposer(identifiant: str, acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Have somebody choose another one."""
    imposer_changement(travail, acces, outils, identifiant)
    return None, 204, {}


def renvoyer(identifiant: str, acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Send a provisional one again."""
    renvoyer_provisoire(travail, acces, outils, identifiant)
    return None, 204, {}


def declarer_oublie(body: dict[str, str], acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Say that one has forgotten it; the answer says nothing of anybody."""
    declarer_oubli(travail, acces, outils, body["courriel"], body["captcha"], body["reponse"])
    return {"message": OUBLI}, 202, {}
