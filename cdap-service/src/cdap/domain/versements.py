"""Rights, payments, debts, letters: what passes between the Caf and the household.

Invariant: amounts are Decimal euros with two places; `mois` and `periode` are AAAA-MM; None is unknown.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotientFamilial:
    """The QF of one month, in whole euros. Unknown is None, never 0; it may change for the same month."""

    valeur: int | None = None
    mois: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Droit:
    """A right for one month (webinar, rubrique Droits). `beneficiaire` is « Madame », « Monsieur »…

    `sous_seuil`: the amount is due but below the threshold of payment, so it is shown and not paid.
    """

    mois: str | None = None
    prestation_code: str | None = None
    prestation: str | None = None
    beneficiaire: str | None = None
    montant: Decimal | None = None
    sous_seuil: bool | None = None
    suspension: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LignePaiement:
    """What one benefit counts for in a payment, before any retenue."""

    prestation: str | None = None
    montant: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paiement:
    """A payment (webinar, rubrique Paiements): payé = total - retenue; no retenue by benefit."""

    emis_le: date | None = None
    type_traitement: str | None = None
    periode: str | None = None
    montant_total: Decimal | None = None
    retenue: Decimal | None = None
    montant_paye: Decimal | None = None
    destinataire: str | None = None
    lignes: tuple[LignePaiement, ...] | None = None


def complet(paiement: Paiement) -> Paiement:
    """With the one amount that is not said, where payé = total - retenue gives it."""
    total, retenue, paye = paiement.montant_total, paiement.retenue, paiement.montant_paye
    if paye is None and total is not None and retenue is not None:
        return replace(paiement, montant_paye=total - retenue)
    if retenue is None and total is not None and paye is not None:
        return replace(paiement, retenue=total - paye)
    if total is None and paye is not None and retenue is not None:
        return replace(paiement, montant_total=paye + retenue)
    return paiement


@dataclass(frozen=True, slots=True, kw_only=True)
class Creance:
    """A debt towards the Caf; codes of the Cnaf (NATCRE, MOTIINDU, ORIINDU, RESPINDU) and their libellés."""

    nature_code: str | None = None
    nature: str | None = None
    rang: int | None = None
    motif_code: str | None = None
    motif: str | None = None
    origine_code: str | None = None
    origine: str | None = None
    responsabilite_code: str | None = None
    responsabilite: str | None = None
    implantee_le: date | None = None
    debut_regularisation: date | None = None
    fin_regularisation: date | None = None
    montant_initial: Decimal | None = None
    solde: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Courrier:
    """A message received by the Caf, and what became of it (« Votre dossier a été traité le 14/12/2021 »)."""

    message: str | None = None
    recu_le: date | None = None
    etat: str | None = None
    traite_le: date | None = None
