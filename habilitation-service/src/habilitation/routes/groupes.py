"""Groups, their responsable and their members."""

from typing import Any

from habilitation.domain.groupes import DemandeGroupe, Portee
from habilitation.domain.services import Service
from habilitation.routes.representations import adresse_groupe, en_groupe
from habilitation.usecases.ajouter_membre import ajouter_membre as ajouter
from habilitation.usecases.creer_groupe import creer_groupe
from habilitation.usecases.designer_responsable import designer_responsable as designer
from habilitation.usecases.lire_groupe import lire_groupe
from habilitation.usecases.ports import Comptes, Depots
from habilitation.usecases.retirer_membre import retirer_membre as retirer
from socle.acces import Acces
from socle.travail import Travail


def creer(siret: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots]) -> Any:
    """POST /partenaires/{siret}/groupes"""
    demande = DemandeGroupe(
        body["nom"],
        Service(body["service"]),
        body["profil"],
        Portee(body["portee"]),
        tuple(body.get("organismes", ())),
    )
    groupe = creer_groupe(travail, acces, siret, demande)
    return en_groupe(groupe), 201, {"Location": adresse_groupe(groupe.id)}


def lire(groupe: str, acces: Acces, travail: Travail[Depots]) -> Any:
    """GET /groupes/{groupe}"""
    return en_groupe(lire_groupe(travail, acces, groupe))


def designer_responsable(
    groupe: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots], comptes: Comptes
) -> Any:
    """PUT /groupes/{groupe}/responsable"""
    designer(travail, acces, comptes, groupe, body["identifiant"], body.get("motif"))
    return body


def ajouter_membre(groupe: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots], comptes: Comptes) -> Any:
    """POST /groupes/{groupe}/membres"""
    ajouter(travail, acces, comptes, groupe, body["identifiant"], body.get("motif"))
    return body, 201, {"Location": f"{adresse_groupe(groupe)}/membres/{body['identifiant']}"}


def retirer_membre(groupe: str, identifiant: str, acces: Acces, travail: Travail[Depots]) -> Any:
    """DELETE /groupes/{groupe}/membres/{identifiant}"""
    retirer(travail, acces, groupe, identifiant)
    return None, 204, {}
