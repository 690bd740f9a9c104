"""Partners, their documents and their administrateurs."""

from datetime import date
from typing import Any

from habilitation.domain.documents import DemandeDocument, Fondement, Genre
from habilitation.domain.partenaires import Administrateur, Place
from habilitation.domain.refus import RequeteInvalide
from habilitation.domain.services import Service
from habilitation.routes.representations import (
    adresse_partenaire,
    en_administrateur,
    en_partenaire,
    en_partenaire_entier,
)
from habilitation.usecases.creer_partenaire import creer_partenaire
from habilitation.usecases.designer_administrateur import designer_administrateur as designer
from habilitation.usecases.enregistrer_document import enregistrer_document as enregistrer
from habilitation.usecases.lire_partenaire import lire_partenaire
from habilitation.usecases.ports import Comptes, Depots
from socle.acces import Acces
from socle.travail import Travail


def creer(body: dict[str, Any], acces: Acces, travail: Travail[Depots]) -> Any:
    """POST /partenaires"""
    partenaire = creer_partenaire(travail, acces, body["siret"], body["raison_sociale"])
    return en_partenaire(partenaire), 201, {"Location": adresse_partenaire(partenaire.siret)}


def lire(siret: str, acces: Acces, travail: Travail[Depots]) -> Any:
    """GET /partenaires/{siret}"""
    return en_partenaire_entier(*lire_partenaire(travail, acces, siret))


def enregistrer_document(siret: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots]) -> Any:
    """POST /partenaires/{siret}/documents"""
    demande = DemandeDocument(
        genre=Genre(body["genre"]),
        signe_le=_jour(body["signe_le"]),
        service=Service(body["service"]) if "service" in body else None,
        profils=tuple(body.get("profils", ())),
        finalite=body.get("finalite"),
        fondement=Fondement(body["fondement"]) if "fondement" in body else None,
        destinataire=body.get("destinataire"),
    )
    document = enregistrer(travail, acces, siret, demande)
    return {"id": document.id}, 201, {"Location": adresse_partenaire(siret)}


def designer_administrateur(
    siret: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots], comptes: Comptes
) -> Any:
    """POST /partenaires/{siret}/administrateurs"""
    voulu = Administrateur(body["identifiant"], Place(body["place"]))
    administrateur = designer(travail, acces, comptes, siret, voulu)
    return en_administrateur(administrateur), 201, {"Location": adresse_partenaire(siret)}


def _jour(texte: str) -> date:
    """A day as the contract writes it; its `format: date` is checked by nobody else. Raises RequeteInvalide."""
    try:
        jour = date.fromisoformat(texte)
    except ValueError:
        raise RequeteInvalide("date_invalide") from None
    if jour.isoformat() != texte:
        raise RequeteInvalide("date_invalide")
    return jour
