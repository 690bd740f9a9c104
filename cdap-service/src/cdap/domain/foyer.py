"""The household of a dossier: who lives in it, where, in what situation.

Invariant: None always means that the Caf's data do not say. The NIR has no place here.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Role(StrEnum):
    """Role of a person in the dossier (ROLEPERS of the Cnaf)."""

    DEM = "DEM"
    """Responsable du dossier."""
    CJT = "CJT"
    """Conjoint."""
    ENF = "ENF"
    AUT = "AUT"


class Civilite(StrEnum):
    """QUAL of the Cnaf."""

    MME = "MME"
    MR = "MR"


class PrecisionDate(StrEnum):
    """TYPEDTNAI of the Cnaf: what is really known of a date of birth."""

    N = "N"
    """The whole date."""
    J = "J"
    """The day is unknown."""
    O = "O"  # noqa: E741
    """Day and month are unknown."""


class SituationDossier(StrEnum):
    """State of the dossier. Only « Affiliation » is pictured in the webinar.

    The others are those in which the Cnaf's attestation service answers that there is none: dossier radié,
    suspendu, en cours d'affiliation.
    """

    AFFILIATION = "Affiliation"
    EN_COURS = "En cours d’affiliation"
    SUSPENSION = "Suspension"
    RADIATION = "Radiation"


class Nationalite(StrEnum):
    """As the screen says it (webinar, rubrique Dossier)."""

    FRANCAISE = "française"
    ETRANGERE = "étrangère"


@dataclass(frozen=True, slots=True, kw_only=True)
class Activite:
    """ACT of the Cnaf, its libellé where the code is known, and since when."""

    code: str | None = None
    libelle: str | None = None
    depuis: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Personne:
    """A member of the household."""

    role: Role | None = None
    civilite: Civilite | None = None
    nom_naissance: str | None = None
    nom_usage: str | None = None
    prenom: str | None = None
    date_naissance: date | None = None
    precision_naissance: PrecisionDate | None = None
    date_deces: date | None = None
    activite: Activite | None = None
    residence_alternee: bool | None = None
    """Of a child: whether she lives with each of her parents in turn, and so counts for half in both dossiers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adresse:
    """Address of the dossier; `code_commune` is the Insee code that the synthèse shows (65108)."""

    lignes: tuple[str, ...] | None = None
    code_postal: str | None = None
    commune: str | None = None
    code_commune: str | None = None
    pays: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationFamiliale:
    """SITFAM of the Cnaf, and since when (« depuis le 12/12/1963 : Mariage »)."""

    code: str | None = None
    libelle: str | None = None
    depuis: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the rubrique Dossier shows; the two counts differ by law (children for PF, persons for AL)."""

    dossier: SituationDossier | None = None
    familiale: SituationFamiliale | None = None
    enfants_a_charge_pf: int | None = None
    personnes_a_charge_al: int | None = None
    nationalite_responsable: Nationalite | None = None
    fin_titre_sejour_responsable: date | None = None
    nationalite_conjoint: Nationalite | None = None
    fin_titre_sejour_conjoint: date | None = None
    surendettement: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logement:
    """The current dwelling (webinar, rubrique Logement). Its bailleur is one of the `Liens`."""

    type_occupation_code: str | None = None
    type_occupation: str | None = None
    conventionne: bool | None = None
    debut_occupation: date | None = None
    debut_droit: date | None = None
    loyer: Decimal | None = None
    date_loyer_reference: date | None = None
    debut_bail: date | None = None
    surpeuplement: bool | None = None
    quittance_presente: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnfantAeeh:
    """A child for whom the AEEH is paid (webinar, rubrique Données complémentaires)."""

    nom: str | None = None
    prenom: str | None = None
    date_naissance: date | None = None
    activite: str | None = None
    charge: str | None = None
    placement: str | None = None
    liens_affectifs: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AutrePersonne:
    """Another person à charge (same rubrique)."""

    nom: str | None = None
    prenom: str | None = None
    date_naissance: date | None = None
    activite: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DonneesComplementaires:
    """An empty list is known to be empty: « Il n'y a pas de données à afficher »."""

    enfants_aeeh: tuple[EnfantAeeh, ...] | None = None
    autres_personnes: tuple[AutrePersonne, ...] | None = None
