"""What identity and the gateway ask; never routed by the gateway."""

from typing import Any

from sqlalchemy import Engine

from habilitation.routes.representations import en_groupe_du_jeton
from habilitation.usecases.lire_droits import lire_droits
from habilitation.usecases.ports import Depots
from habilitation.usecases.verifier_partenaire import verifier_partenaire as verifier
from socle import fil
from socle.travail import Travail


def droits_en_vigueur(body: dict[str, Any], travail: Travail[Depots]) -> Any:
    """POST /droits-en-vigueur"""
    droits = lire_droits(travail, body["identifiant"], body["partenaire"])
    return {
        "droits": droits.version,
        "administrateur": droits.administrateur,
        "caf_referente": droits.caf_referente,
        "responsable_de": list(droits.responsable_de),
        "groups": [en_groupe_du_jeton(groupe) for groupe in droits.groupes],
    }


def verifier_partenaire(body: dict[str, Any], travail: Travail[Depots]) -> Any:
    """POST /partenaires/verification"""
    return {"caf_referente": verifier(travail, body["siret"])}


def suivre_revocations(apres: int, engine: Engine, limite: int = 500, attente: int = 0) -> Any:
    """GET /revocations"""
    return fil.suivre(engine, apres, limite, attente)
