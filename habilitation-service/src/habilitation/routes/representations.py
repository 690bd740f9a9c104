"""Partners and groups in the words of the contract."""

from typing import Any

from habilitation.domain.documents import Document
from habilitation.domain.droits import GroupeEnVigueur
from habilitation.domain.groupes import Groupe
from habilitation.domain.partenaires import Administrateur, Partenaire

RACINE = "/habilitation/v1"


def adresse_partenaire(siret: str) -> str:
    """Where a partner is read, with its documents and its administrateurs."""
    return f"{RACINE}/partenaires/{siret}"


def adresse_groupe(id: str) -> str:
    """Where a group is read."""
    return f"{RACINE}/groupes/{id}"


def en_partenaire(partenaire: Partenaire) -> dict[str, Any]:
    """Schema Partenaire."""
    return {
        "siret": partenaire.siret,
        "raison_sociale": partenaire.raison_sociale,
        "caf_referente": partenaire.caf_referente,
    }


def en_partenaire_entier(partenaire: Partenaire, groupes: tuple[Groupe, ...]) -> dict[str, Any]:
    """Schema PartenaireEntier."""
    return {
        **en_partenaire(partenaire),
        "documents": [en_document(document) for document in partenaire.documents],
        "administrateurs": [en_administrateur(administrateur) for administrateur in partenaire.administrateurs],
        "groupes": [en_groupe(groupe) for groupe in groupes],
    }


def en_document(document: Document) -> dict[str, Any]:
    """Schema DocumentSigne."""
    adhesion = document.adhesion
    return {
        "id": document.id,
        "genre": document.genre,
        "signe_le": document.signe_le.isoformat(),
        "service": adhesion and adhesion.service,
        "profils": list(adhesion.profils) if adhesion else [],
        "finalite": adhesion and adhesion.finalite,
        "fondement": adhesion and adhesion.fondement,
        "destinataire": adhesion and adhesion.destinataire,
    }


def en_administrateur(administrateur: Administrateur) -> dict[str, Any]:
    """Schema Administrateur."""
    return {"identifiant": administrateur.identifiant, "place": administrateur.place}


def en_groupe(groupe: Groupe) -> dict[str, Any]:
    """Schema Groupe."""
    return {
        **_habilitation(groupe),
        "nom": groupe.nom,
        "responsable": groupe.responsable,
        "membres": list(groupe.membres),
    }


def en_groupe_du_jeton(en_vigueur: GroupeEnVigueur) -> dict[str, Any]:
    """One of `groups` in `contracts/claims.schema.json`."""
    return {
        **_habilitation(en_vigueur.groupe),
        "finalite": en_vigueur.adhesion.finalite,
        "fondement": en_vigueur.adhesion.fondement,
        "destinataire": en_vigueur.adhesion.destinataire,
    }


def _habilitation(groupe: Groupe) -> dict[str, Any]:
    return {
        "id": groupe.id,
        "service": groupe.habilitation.service,
        "profil": groupe.habilitation.profil,
        "portee": groupe.habilitation.portee,
        "organismes": list(groupe.habilitation.organismes),
        "bulletin": groupe.habilitation.bulletin,
    }
