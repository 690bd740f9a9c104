"""Partners, their documents and their administrateurs."""

from typing import Any

from habilitation.domain.documents import DemandeDocument, Etat, Fondement, Genre
from habilitation.domain.etiquettes import etiquette
from habilitation.domain.partenaires import Administrateur, Place
from habilitation.domain.refus import RequeteInvalide
from habilitation.domain.services import Service
from habilitation.routes.envois import envoi
from habilitation.routes.lecture import jour
from habilitation.routes.representations import (
    adresse_partenaire,
    en_administrateur,
    en_partenaire,
    en_partenaire_entier,
)
from habilitation.usecases.avancer_document import avancer_document as avancer
from habilitation.usecases.clore_document import clore_document as clore
from habilitation.usecases.creer_partenaire import creer_partenaire
from habilitation.usecases.designer_administrateur import designer_administrateur as designer
from habilitation.usecases.enregistrer_document import enregistrer_document as enregistrer
from habilitation.usecases.lire_partenaire import lire_partenaire
from habilitation.usecases.ports import Comptes, Depots
from habilitation.usecases.remplacer_administrateur import remplacer_administrateur as remplacer
from habilitation.usecases.retirer_administrateur import retirer_administrateur as retirer
from socle.acces import Acces
from socle.travail import Travail


def creer(body: dict[str, Any], acces: Acces, travail: Travail[Depots]) -> Any:
    """POST /partenaires"""
    partenaire = creer_partenaire(travail, acces, body["siret"], body["raison_sociale"], envoi(acces, body))
    return en_partenaire(partenaire), 201, {"Location": adresse_partenaire(partenaire.siret)}


def lire(siret: str, acces: Acces, travail: Travail[Depots]) -> Any:
    """GET /partenaires/{siret}"""
    lu = lire_partenaire(travail, acces, siret)
    return en_partenaire_entier(lu), 200, {"ETag": etiquette(lu.partenaire, lu.groupes)}


def enregistrer_document(siret: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots]) -> Any:
    """POST /partenaires/{siret}/documents"""
    id = enregistrer(travail, acces, siret, _demande(body), envoi(acces, body))
    return {"id": id}, 201, {"Location": adresse_partenaire(siret)}


def avancer_document(siret: str, document: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots]) -> Any:
    """POST /partenaires/{siret}/documents/{document}/etapes"""
    avancer(travail, acces, siret, document, Etat(body["etat"]), jour("le", body["le"]), envoi(acces))
    return body, 200, {}


def clore_document(siret: str, document: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots]) -> Any:
    """POST /partenaires/{siret}/documents/{document}/fin"""
    clore(travail, acces, siret, document, body["motif"], envoi(acces))
    return None, 204, {}


def designer_administrateur(
    siret: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots], comptes: Comptes
) -> Any:
    """POST /partenaires/{siret}/administrateurs"""
    voulu = Administrateur(body["identifiant"], Place(body["place"]))
    administrateur = designer(travail, acces, comptes, siret, voulu, envoi(acces, body))
    return en_administrateur(administrateur), 201, {"Location": adresse_partenaire(siret)}


def remplacer_administrateur(
    siret: str, place: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots], comptes: Comptes
) -> Any:
    """PUT /partenaires/{siret}/administrateurs/{place}"""
    voulu = Administrateur(body["identifiant"], Place(place))
    remplacer(travail, acces, comptes, siret, voulu, body.get("motif"), envoi(acces))
    return en_administrateur(voulu)


def retirer_administrateur(siret: str, place: str, acces: Acces, travail: Travail[Depots]) -> Any:
    """DELETE /partenaires/{siret}/administrateurs/{place}"""
    retirer(travail, acces, siret, Place(place), envoi(acces))
    return None, 204, {}


def _demande(body: dict[str, Any]) -> DemandeDocument:
    etat = Etat(body.get("etat", Etat.SIGNE))
    champ = "signe_le" if etat is Etat.SIGNE else "le"
    if champ not in body:
        raise RequeteInvalide("date_absente", erreurs=((champ, "Ce champ est obligatoire."),))
    return DemandeDocument(
        genre=Genre(body["genre"]),
        le=jour(champ, body[champ]),
        service=Service(body["service"]) if "service" in body else None,
        profils=tuple(body.get("profils", ())),
        finalite=body.get("finalite"),
        fondement=Fondement(body["fondement"]) if "fondement" in body else None,
        destinataire=body.get("destinataire"),
        etat=etat,
    )
