"""Resources, RSA and health cover: what the household has, and what it is granted because of it.

Invariant: amounts are Decimal euros with two places; 0.00 is known (« Ressources nulles »), None unknown.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cdap.domain.foyer import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneRessource:
    """One nature of resources (NATRESS), of responsable and conjoint (webinar: Monsieur, Madame)."""

    nature_code: str | None = None
    nature: str | None = None
    responsable: Decimal | None = None
    conjoint: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RessourcesAnnuelles:
    """« Ressources annuelles » of one calendar year."""

    annee: int | None = None
    lignes: tuple[LigneRessource, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RessourcesLogement:
    """« Ressources Aide au logement » of one month, over the twelve months before."""

    mois: str | None = None
    lignes: tuple[LigneRessource, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ressources:
    """The rubrique Ressources."""

    annuelles: tuple[RessourcesAnnuelles, ...] | None = None
    aide_au_logement: tuple[RessourcesLogement, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MotifRsa:
    """Why the RSA was refused, suspended or closed, and from which day."""

    code: str | None = None
    libelle: str | None = None
    le: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MontantsRsa:
    """MontantsCalculDroitRSA of the flow: the elements of the calculation and the right that comes out."""

    depuis: date | None = None
    jusqu_a: date | None = None
    revenu_minimum_garanti: Decimal | None = None
    pente: Decimal | None = None
    revenu_garanti: Decimal | None = None
    prestations_familiales: Decimal | None = None
    aide_au_logement: Decimal | None = None
    ressources_mensuelles: Decimal | None = None
    total_droit: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailRsa:
    """DetailCalculDroitRSA of the flow: one nature of RSA (NATPF, SOUSNATPF), its period, last payment."""

    nature_code: str | None = None
    nature: str | None = None
    sous_nature_code: str | None = None
    depuis: date | None = None
    jusqu_a: date | None = None
    montant_verse: Decimal | None = None
    dernier_versement: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RessourceMensuelle:
    """One nature of resources of one month of the declared quarter, for one person."""

    mois: str | None = None
    nature_code: str | None = None
    nature: str | None = None
    montant: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonneRsa:
    """A person in the sight of the RSA: droits et devoirs, and the resources of the declared quarter."""

    role: Role | None = None
    prenom: str | None = None
    droits_et_devoirs: bool | None = None
    debut_trimestre: date | None = None
    fin_trimestre: date | None = None
    ressources_nulles: bool | None = None
    ressources: tuple[RessourceMensuelle, ...] | None = None


RSA_OUVERT = frozenset("234")
"""ETATDOSRSA with a right: versable (2), suspended (3), payment suspended (4)."""
RSA_CLOS = frozenset("56")
"""ETATDOSRSA of a right that was, closed (5) or closed on an earlier month (6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rsa:
    """The rubrique RSA. `etat_code` is ETATDOSRSA; the periods that the checks look at are in `Liens`."""

    etat_code: str | None = None
    etat: str | None = None
    date_demande: date | None = None
    numero_demande: str | None = None
    refus: MotifRsa | None = None
    suspensions_droit: tuple[MotifRsa, ...] | None = None
    suspensions_versement: tuple[MotifRsa, ...] | None = None
    cloture: MotifRsa | None = None
    montants: MontantsRsa | None = None
    details: tuple[DetailRsa, ...] | None = None
    personnes: tuple[PersonneRsa, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CmuRsa:
    """Health cover (complémentaire santé solidaire) in connection with the RSA; T6 and T8 only."""

    beneficiaire: bool | None = None
    avec_participation: bool | None = None
    debut: date | None = None
    fin: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CmucRessources:
    """Resources of a period, for the right to that cover; T6 and T8 only."""

    debut: date | None = None
    fin: date | None = None
    lignes: tuple[LigneRessource, ...] | None = None
