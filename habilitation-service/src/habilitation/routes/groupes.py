"""Groups, their responsable and their members."""

from typing import Any

from habilitation.domain.etiquettes import etiquette
from habilitation.domain.groupes import ChangementGroupe, DemandeGroupe, Portee
from habilitation.domain.services import Service
from habilitation.routes.envois import envoi
from habilitation.routes.lecture import jour
from habilitation.routes.representations import adresse_groupe, en_groupe
from habilitation.usecases.ajouter_membre import NouveauMembre
from habilitation.usecases.ajouter_membre import ajouter_membre as ajouter
from habilitation.usecases.changer_groupe import changer_groupe
from habilitation.usecases.creer_groupe import creer_groupe
from habilitation.usecases.designer_responsable import designer_responsable as designer
from habilitation.usecases.fermer_groupe import fermer_groupe
from habilitation.usecases.lire_groupe import lire_groupe
from habilitation.usecases.ports import Comptes, Depots
from habilitation.usecases.retirer_membre import retirer_membre as retirer
from habilitation.usecases.retirer_responsable import retirer_responsable as reprendre
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
    groupe = creer_groupe(travail, acces, siret, demande, envoi(acces, body))
    return en_groupe(groupe), 201, {"Location": adresse_groupe(groupe.id)}


def lire(groupe: str, acces: Acces, travail: Travail[Depots]) -> Any:
    """GET /groupes/{groupe}"""
    lu = lire_groupe(travail, acces, groupe)
    return en_groupe(lu), 200, {"ETag": etiquette(lu)}


def changer(groupe: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots]) -> Any:
    """PATCH /groupes/{groupe}"""
    changement = ChangementGroupe(
        body.get("nom"),
        body.get("profil"),
        Portee(body["portee"]) if "portee" in body else None,
        tuple(body["organismes"]) if "organismes" in body else None,
    )
    change = changer_groupe(travail, acces, groupe, changement, envoi(acces))
    return en_groupe(change), 200, {"ETag": etiquette(change)}


def fermer(groupe: str, acces: Acces, travail: Travail[Depots]) -> Any:
    """DELETE /groupes/{groupe}"""
    fermer_groupe(travail, acces, groupe, envoi(acces))
    return None, 204, {}


def designer_responsable(
    groupe: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots], comptes: Comptes
) -> Any:
    """PUT /groupes/{groupe}/responsable"""
    designer(travail, acces, comptes, groupe, body["identifiant"], body.get("motif"), envoi(acces))
    return body


def retirer_responsable(groupe: str, acces: Acces, travail: Travail[Depots]) -> Any:
    """DELETE /groupes/{groupe}/responsable"""
    reprendre(travail, acces, groupe, envoi(acces))
    return None, 204, {}


def ajouter_membre(groupe: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots], comptes: Comptes) -> Any:
    """POST /groupes/{groupe}/membres"""
    echeance = jour("echeance", body["echeance"]) if body.get("echeance") else None
    nouveau = NouveauMembre(body["identifiant"], body.get("motif"), echeance)
    ajouter(travail, acces, comptes, groupe, nouveau, envoi(acces, body))
    return body, 201, {"Location": f"{adresse_groupe(groupe)}/membres/{body['identifiant']}"}


def retirer_membre(groupe: str, identifiant: str, acces: Acces, travail: Travail[Depots]) -> Any:
    """DELETE /groupes/{groupe}/membres/{identifiant}"""
    retirer(travail, acces, groupe, identifiant, envoi(acces))
    return None, 204, {}
