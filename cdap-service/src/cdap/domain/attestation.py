"""The attestation de paiement: what it certifies for the last month paid, or why there is none.

Source: webinar, slides « Génération d'une attestation de paiement » and « Attestation de paiement ».
Invariant: an attestation states no number that is not known; its total is the sum of its lines.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cdap.domain.dossiers import Dossier
from cdap.domain.foyer import Adresse, Civilite, Role, SituationDossier
from cdap.domain.versements import LignePaiement, Paiement


class Motif(StrEnum):
    """Why there is no attestation (after the business codes of the Cnaf's attestation service)."""

    AFFILIATION_EN_COURS = "affiliation_en_cours"
    DOSSIER_SUSPENDU = "dossier_suspendu"
    DOSSIER_RADIE = "dossier_radie"
    RESPONSABLE_INCONNU = "responsable_inconnu"
    PAIEMENTS_INDISPONIBLES = "paiements_indisponibles"
    AUCUN_PAIEMENT = "aucun_paiement"
    DETAIL_INDISPONIBLE = "detail_indisponible"
    QUOTIENT_FAMILIAL_INDISPONIBLE = "quotient_familial_indisponible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indisponible:
    """No attestation, and why."""

    indisponible: Motif


@dataclass(frozen=True, slots=True, kw_only=True)
class Certifie:
    """A person of whom the attestation says « [Mr né le, Mme née le] ont perçu »."""

    civilite: Civilite | None
    nom: str | None
    prenom: str | None
    date_naissance: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneCertifiee:
    """One line of the table PRESTATIONS / MONTANT."""

    prestation: str
    montant: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotientCertifie:
    """« décembre 2021 : 1057 € »; the month is that of the QF."""

    valeur: int
    mois: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """What the attestation says; the wording belongs to the page that prints it."""

    organisme: str
    numero_allocataire: str
    le: date
    mois: str
    personnes: tuple[Certifie, ...]
    adresse: Adresse | None
    lignes: tuple[LigneCertifiee, ...]
    total: Decimal
    quotient_familial: QuotientCertifie


_SITUATIONS_SANS_ATTESTATION = {
    SituationDossier.EN_COURS: Motif.AFFILIATION_EN_COURS,
    SituationDossier.SUSPENSION: Motif.DOSSIER_SUSPENDU,
    SituationDossier.RADIATION: Motif.DOSSIER_RADIE,
}


def attestation(dossier: Dossier, le: date) -> Attestation | Indisponible:
    """The attestation as it could be delivered on that day, or the first reason why it cannot."""
    situation = dossier.situation.dossier if dossier.situation else None
    if situation in _SITUATIONS_SANS_ATTESTATION:
        return Indisponible(indisponible=_SITUATIONS_SANS_ATTESTATION[situation])
    personnes = _certifies(dossier)
    if not any(personne.nom for personne in personnes):
        return Indisponible(indisponible=Motif.RESPONSABLE_INCONNU)
    if dossier.paiements is None:
        return Indisponible(indisponible=Motif.PAIEMENTS_INDISPONIBLES)
    mois = dernier_mois_paye(dossier.paiements, le)
    if mois is None:
        return Indisponible(indisponible=Motif.AUCUN_PAIEMENT)
    lignes = _lignes(dossier.paiements, mois, le)
    if lignes is None:
        return Indisponible(indisponible=Motif.DETAIL_INDISPONIBLE)
    quotient = dossier.quotient_familial
    if quotient is None or quotient.valeur is None:
        return Indisponible(indisponible=Motif.QUOTIENT_FAMILIAL_INDISPONIBLE)
    return Attestation(
        organisme=dossier.cle.organisme,
        numero_allocataire=dossier.cle.numero_allocataire,
        le=le,
        mois=mois,
        personnes=personnes,
        adresse=dossier.adresse,
        lignes=lignes,
        total=sum((ligne.montant for ligne in lignes), Decimal("0.00")),
        quotient_familial=QuotientCertifie(valeur=quotient.valeur, mois=quotient.mois),
    )


def dernier_mois_paye(paiements: tuple[Paiement, ...], le: date) -> str | None:
    """The latest period of which a payment was issued by that day, or None."""
    return max((paiement.periode for paiement in paiements if paiement.periode and _emis(paiement, le)), default=None)


def _emis(paiement: Paiement, le: date) -> bool:
    return paiement.emis_le is not None and paiement.emis_le <= le


def _lignes(paiements: tuple[Paiement, ...], mois: str, le: date) -> tuple[LigneCertifiee, ...] | None:
    """The lines of all payments of that month, or None as soon as one of them is not fully known."""
    du_mois = [paiement for paiement in paiements if paiement.periode == mois and _emis(paiement, le)]
    if any(not paiement.lignes for paiement in du_mois):
        return None
    lignes = tuple(_ligne(ligne) for paiement in du_mois for ligne in paiement.lignes or ())
    connues = tuple(ligne for ligne in lignes if ligne is not None)
    return connues if len(connues) == len(lignes) else None


def _ligne(ligne: LignePaiement) -> LigneCertifiee | None:
    if ligne.prestation is None or ligne.montant is None:
        return None
    return LigneCertifiee(prestation=ligne.prestation, montant=ligne.montant)


def _certifies(dossier: Dossier) -> tuple[Certifie, ...]:
    return tuple(
        Certifie(
            civilite=personne.civilite,
            nom=personne.nom_usage or personne.nom_naissance,
            prenom=personne.prenom,
            date_naissance=personne.date_naissance,
        )
        for personne in dossier.personnes or ()
        if personne.role in {Role.DEM, Role.CJT}
    )
