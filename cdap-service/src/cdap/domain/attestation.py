"""The attestation de paiement: what it certifies for the last month paid, or why there is none.

Source: webinar, slides « Génération d'une attestation de paiement » and « Attestation de paiement ».
Invariant: an attestation states nothing that is not known; its total is the sum of its lines.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cdap.domain.cafs import Caf
from cdap.domain.dossiers import Dossier
from cdap.domain.foyer import Adresse, Civilite, Personne, Role, SituationDossier
from cdap.domain.refus import AttestationImpossible
from cdap.domain.versements import LignePaiement, Paiement


class Canal(StrEnum):
    """« Deux canaux sont alors proposés : en impression PDF ou un envoi par courrier papier »."""

    TELECHARGEMENT = "telechargement"
    COURRIER = "courrier"


class Motif(StrEnum):
    """Why there is no attestation, after the business codes of the Cnaf's attestation service (in brackets)."""

    AFFILIATION_EN_COURS = "affiliation_en_cours"
    """[111]"""
    DOSSIER_SUSPENDU = "dossier_suspendu"
    """[121]"""
    DOSSIER_RADIE = "dossier_radie"
    """[101]"""
    RESPONSABLE_INCONNU = "responsable_inconnu"
    """[131]"""
    DECES = "deces"
    """[132]"""
    PAIEMENTS_INDISPONIBLES = "paiements_indisponibles"
    AUCUN_PAIEMENT = "aucun_paiement"
    """[141]"""
    DETAIL_INDISPONIBLE = "detail_indisponible"
    AUCUN_DROIT = "aucun_droit"
    """[191]: the payments of the month come to nothing, or to a debt."""
    QUOTIENT_FAMILIAL_INDISPONIBLE = "quotient_familial_indisponible"
    """[151]; also where its month is unknown, since the attestation states both."""
    QUOTIENT_FAMILIAL_NUL = "quotient_familial_nul"
    """[161]"""
    ADRESSE_INDISPONIBLE = "adresse_indisponible"
    """For the post: it goes to the allocataire."""
    CAF_INCONNUE = "caf_inconnue"
    """The reference data have not this Caf, in whose name it would be given."""
    TEXTE_NON_IMPRIMABLE = "texte_non_imprimable"


LIBELLES: Mapping[Motif, str] = {
    Motif.AFFILIATION_EN_COURS: "Le dossier est en cours d’affiliation.",
    Motif.DOSSIER_SUSPENDU: "Le dossier est suspendu.",
    Motif.DOSSIER_RADIE: "Le dossier est radié.",
    Motif.RESPONSABLE_INCONNU: "Le nom d’une personne à certifier n’est pas connu.",
    Motif.DECES: "Un décès est enregistré au dossier.",
    Motif.PAIEMENTS_INDISPONIBLES: "Les paiements ne sont pas disponibles.",
    Motif.AUCUN_PAIEMENT: "Aucun paiement n’a été émis.",
    Motif.DETAIL_INDISPONIBLE: "Le détail du dernier mois payé n’est pas disponible.",
    Motif.AUCUN_DROIT: "Aucune somme n’a été versée pour le dernier mois payé.",
    Motif.QUOTIENT_FAMILIAL_INDISPONIBLE: "Le quotient familial n’est pas disponible.",
    Motif.QUOTIENT_FAMILIAL_NUL: "Le quotient familial est à 0.",
    Motif.ADRESSE_INDISPONIBLE: "L’adresse de l’allocataire n’est pas disponible pour un envoi par courrier.",
    Motif.CAF_INCONNUE: "La Caf de ce dossier ne délivre pas encore d’attestation ici.",
    Motif.TEXTE_NON_IMPRIMABLE: "Le dossier contient un texte qui ne peut pas être imprimé.",
}
"""What the user reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indisponible:
    """No attestation, and why."""

    indisponible: Motif


@dataclass(frozen=True, slots=True, kw_only=True)
class Certifie:
    """A person of whom the attestation says « [Mr né le, Mme née le] ont perçu »."""

    civilite: Civilite | None
    nom: str
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
    mois: str


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
    if not personnes:
        return Indisponible(indisponible=Motif.RESPONSABLE_INCONNU)
    if any(adulte.date_deces is not None and adulte.date_deces <= le for adulte in _adultes(dossier)):
        return Indisponible(indisponible=Motif.DECES)
    if dossier.paiements is None:
        return Indisponible(indisponible=Motif.PAIEMENTS_INDISPONIBLES)
    mois = dernier_mois_paye(dossier.paiements, le)
    if mois is None:
        return Indisponible(indisponible=Motif.AUCUN_PAIEMENT)
    lignes = _lignes(dossier.paiements, mois, le)
    if lignes is None:
        return Indisponible(indisponible=Motif.DETAIL_INDISPONIBLE)
    total = sum((ligne.montant for ligne in lignes), Decimal("0.00"))
    if total <= 0:
        return Indisponible(indisponible=Motif.AUCUN_DROIT)
    quotient = dossier.quotient_familial
    if quotient is None or quotient.valeur is None or quotient.mois is None:
        return Indisponible(indisponible=Motif.QUOTIENT_FAMILIAL_INDISPONIBLE)
    if quotient.valeur == 0:
        return Indisponible(indisponible=Motif.QUOTIENT_FAMILIAL_NUL)
    return Attestation(
        organisme=dossier.cle.organisme,
        numero_allocataire=dossier.cle.numero_allocataire,
        le=le,
        mois=mois,
        personnes=personnes,
        adresse=dossier.adresse,
        lignes=lignes,
        total=total,
        quotient_familial=QuotientCertifie(valeur=quotient.valeur, mois=quotient.mois),
    )


def dernier_mois_paye(paiements: tuple[Paiement, ...], le: date) -> str | None:
    """The latest period of which the monthly payment was issued by that day; without any, of which a payment was.

    A month is paid in several times: what is issued before its « Mensuel » is only a part of it (ADR 37).
    """
    payes = [paiement for paiement in paiements if paiement.periode and _emis(paiement, le)]
    mensuels = [paiement for paiement in payes if _est_mensuel(paiement)]
    return max((paiement.periode or "" for paiement in mensuels or payes), default=None)


def _est_mensuel(paiement: Paiement) -> bool:
    """« Mensuel émis » (webinar, rubrique Paiements)."""
    return (paiement.type_traitement or "").casefold().startswith("mensuel")


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


def _adultes(dossier: Dossier) -> list[Personne]:
    return [personne for personne in dossier.personnes or () if personne.role in {Role.DEM, Role.CJT}]


def _certifies(dossier: Dossier) -> tuple[Certifie, ...]:
    """Responsable and conjoint; nobody at all where one of them has no name."""
    certifies = []
    for personne in _adultes(dossier):
        nom = (personne.nom_usage or personne.nom_naissance or "").strip()
        if not nom:
            return ()
        certifies.append(
            Certifie(
                civilite=personne.civilite,
                nom=nom,
                prenom=personne.prenom,
                date_naissance=personne.date_naissance,
            )
        )
    return tuple(certifies)


_IMPRIMABLE = re.compile(
    "[\u0020-\u007e\u00a0-\u017f\u0218-\u021b\u1e80-\u1ef9\u2010-\u2015\u2018-\u201e\u2026\u202f\u20ac]*"
)
"""Latin letters and the signs of French: what the fonts of the documents can show, and civil status can hold."""


def exiger_delivrable(lue: Attestation | Indisponible, caf: Caf | None, canal: Canal) -> tuple[Attestation, Caf]:
    """The attestation, and the Caf in whose name it is given. Raises AttestationImpossible with its motif."""
    if isinstance(lue, Indisponible):
        raise _impossible(lue.indisponible)
    if caf is None:
        raise _impossible(Motif.CAF_INCONNUE)
    if canal is Canal.COURRIER and not (lue.adresse and lue.adresse.lignes and lue.adresse.commune):
        raise _impossible(Motif.ADRESSE_INDISPONIBLE)
    if not all(_IMPRIMABLE.fullmatch(texte) for texte in _textes(lue)):
        raise _impossible(Motif.TEXTE_NON_IMPRIMABLE)
    return lue, caf


def _impossible(motif: Motif) -> AttestationImpossible:
    return AttestationImpossible(motif.value, erreurs=(("attestation", LIBELLES[motif]),))


def _textes(lue: Attestation) -> Iterator[str]:
    for personne in lue.personnes:
        yield from (personne.nom, personne.prenom or "")
    if lue.adresse:
        yield from lue.adresse.lignes or ()
        yield from filter(None, (lue.adresse.code_postal, lue.adresse.commune, lue.adresse.pays))
    yield from (ligne.prestation for ligne in lue.lignes)
