"""Suspensions à titre conservatoire."""

from typing import Any

from habilitation.domain.refus import RequeteInvalide
from habilitation.domain.suspensions import Cible
from habilitation.routes.envois import envoi
from habilitation.routes.representations import adresse_partenaire, en_suspension
from habilitation.usecases.lever_suspension import lever_suspension
from habilitation.usecases.lire_suspensions import lire_suspensions
from habilitation.usecases.ports import Comptes, Depots
from habilitation.usecases.suspendre import suspendre
from socle.acces import Acces
from socle.travail import Travail

CHAMPS = {"service": Cible.SERVICE, "groupe": Cible.GROUPE, "identifiant": Cible.UTILISATEUR}


def prononcer(siret: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots], comptes: Comptes) -> Any:
    """POST /partenaires/{siret}/suspensions"""
    id = suspendre(travail, acces, comptes, siret, _cible(body), body["motif"], envoi(acces, body))
    return {"id": id}, 201, {"Location": f"{adresse_partenaire(siret)}/suspensions"}


def lire(siret: str, acces: Acces, travail: Travail[Depots]) -> Any:
    """GET /partenaires/{siret}/suspensions"""
    return {"suspensions": [en_suspension(lue) for lue in lire_suspensions(travail, acces, siret)]}


def lever(siret: str, suspension: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots]) -> Any:
    """POST /partenaires/{siret}/suspensions/{suspension}/levee"""
    lever_suspension(travail, acces, siret, suspension, body["motif"], envoi(acces))
    return None, 204, {}


def _cible(body: dict[str, Any]) -> tuple[Cible, str]:
    """Exactly one of service, groupe and identifiant. Raises RequeteInvalide."""
    nommes = [champ for champ in CHAMPS if champ in body]
    if len(nommes) != 1:
        motif = "Il faut un service, un groupe ou un identifiant, et un seul."
        raise RequeteInvalide("cible_ambigue", erreurs=tuple((champ, motif) for champ in nommes or CHAMPS))
    return CHAMPS[nommes[0]], body[nommes[0]]
