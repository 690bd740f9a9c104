"""Partners, groups, suspensions and chains in the words of the contract."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from habilitation.domain.chaine import Anneau
from habilitation.domain.documents import Adhesion, Demarche, Document, Etape, Etat
from habilitation.domain.droits import GroupeEnVigueur
from habilitation.domain.explications import Explication, Habilite
from habilitation.domain.groupes import Appartenance, Groupe
from habilitation.domain.liens import Trait
from habilitation.domain.partenaires import Administrateur, Partenaire
from habilitation.domain.suspensions import Suspension
from habilitation.usecases.lire_partenaire import PartenaireLu

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


def en_partenaire_entier(lu: PartenaireLu) -> dict[str, Any]:
    """Schema PartenaireEntier; `documents` are those that are signed, as they always were."""
    partenaire = lu.partenaire
    return {
        **en_partenaire(partenaire),
        "documents": [en_document(document, lu.etapes) for document in partenaire.documents],
        "demarches": [en_demarche(demarche, lu.etapes) for demarche in partenaire.demarches],
        "administrateurs": [en_administrateur(administrateur) for administrateur in partenaire.administrateurs],
        "suspensions": [en_suspension(suspension) for suspension in partenaire.suspensions],
        "groupes": [en_groupe(groupe) for groupe in lu.groupes],
    }


def en_document(document: Document, etapes: Iterable[Etape]) -> dict[str, Any]:
    """Schema DocumentSigne."""
    return {
        "id": document.id,
        "genre": document.genre,
        "etat": Etat.SIGNE,
        "signe_le": document.signe_le.isoformat(),
        **_adhesion(document.adhesion),
        "etapes": _etapes(document.id, etapes),
    }


def en_demarche(demarche: Demarche, etapes: Iterable[Etape]) -> dict[str, Any]:
    """Schema Demarche."""
    return {
        "id": demarche.document,
        "genre": demarche.genre,
        "etat": demarche.etat,
        "le": demarche.le.isoformat(),
        **_adhesion(demarche.adhesion),
        "etapes": _etapes(demarche.document, etapes),
    }


def en_administrateur(administrateur: Administrateur) -> dict[str, Any]:
    """Schema Administrateur."""
    return {"identifiant": administrateur.identifiant, "place": administrateur.place}


def en_suspension(suspension: Suspension) -> dict[str, Any]:
    """Schema Suspension."""
    return {
        "id": suspension.id,
        "cible": suspension.cible,
        "reference": suspension.reference,
        **_trait(suspension.prononcee),
        "levee": suspension.levee and _trait(suspension.levee),
    }


def en_groupe(groupe: Groupe) -> dict[str, Any]:
    """Schema Groupe."""
    return {
        **_habilitation(groupe),
        "nom": groupe.nom,
        "responsable": groupe.responsable,
        "membres": [lue.identifiant for lue in groupe.appartenances],
        "appartenances": [_appartenance(lue) for lue in groupe.appartenances],
    }


def en_groupe_du_jeton(en_vigueur: GroupeEnVigueur) -> dict[str, Any]:
    """One of `groups` in `contracts/claims.schema.json`."""
    return {
        **_habilitation(en_vigueur.groupe),
        "finalite": en_vigueur.adhesion.finalite,
        "fondement": en_vigueur.adhesion.fondement,
        "destinataire": en_vigueur.adhesion.destinataire,
    }


def en_explication(explication: Explication) -> dict[str, Any]:
    """Schema Explication."""
    return {
        "accorde": explication.accorde,
        "manquant": explication.manquant,
        "groupe": explication.groupe,
        "chaine": [_anneau(anneau) for anneau in explication.anneaux],
    }


def en_habilite(habilite: Habilite) -> dict[str, Any]:
    """Schema Habilite."""
    return {
        "identifiant": habilite.identifiant,
        "partenaire": habilite.partenaire,
        "profil": habilite.profil,
        "a": _instant(habilite.a),
        "groupe": habilite.explication.groupe,
        "chaine": [_anneau(anneau) for anneau in habilite.explication.anneaux],
    }


def _anneau(anneau: Anneau) -> dict[str, Any]:
    trait = anneau.trait
    return {
        "maillon": anneau.maillon.name.lower().replace("_", "-"),
        "tient": anneau.tient,
        "reference": anneau.reference,
        "depuis": trait and _instant(trait.instant),
        "par": trait and trait.par,
        "motif": trait and trait.motif,
    }


def _appartenance(appartenance: Appartenance) -> dict[str, Any]:
    echeance = appartenance.echeance
    return {
        "identifiant": appartenance.identifiant,
        **_trait(appartenance.trait),
        "echeance": echeance and echeance.isoformat(),
    }


def _etapes(document: str, etapes: Iterable[Etape]) -> list[dict[str, Any]]:
    siennes = [etape for etape in etapes if etape.document == document]
    return [{"etat": lue.etat, "le": lue.le.isoformat(), **_trait(lue.trait)} for lue in siennes]


def _trait(trait: Trait) -> dict[str, Any]:
    return {"depuis": _instant(trait.instant), "par": trait.par, "motif": trait.motif}


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _adhesion(adhesion: Adhesion | None) -> dict[str, Any]:
    return {
        "service": adhesion and adhesion.service,
        "profils": list(adhesion.profils) if adhesion else [],
        "finalite": adhesion and adhesion.finalite,
        "fondement": adhesion and adhesion.fondement,
        "destinataire": adhesion and adhesion.destinataire,
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
