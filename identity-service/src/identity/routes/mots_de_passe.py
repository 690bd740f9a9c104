"""Changing a password."""

from typing import Any

from identity.usecases.changer_mot_de_passe import changer_mot_de_passe
from identity.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Travail


def changer(body: dict[str, str], acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Change it, provisional or not."""
    changer_mot_de_passe(travail, acces, outils.coffre, body["identifiant"], body["ancien"], body["nouveau"])
    return None, 204, {}
