"""Accounts of the agents of a Caf."""

from typing import Any

from identity.domain.comptes import Role
from identity.usecases.nommer_agent import nommer_agent
from identity.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Travail

PERSONNE = ("nom", "prenom", "courriel")


def nommer(body: dict[str, Any], acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Create the account of an agent, with roles."""
    personne = {champ: body[champ] for champ in PERSONNE}
    identifiant = nommer_agent(travail, acces, outils.coffre, personne, [Role(role) for role in body["roles"]])
    return {"identifiant": identifiant}, 201, {}
