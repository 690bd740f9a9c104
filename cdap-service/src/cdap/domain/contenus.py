"""The shapes of the 14 rubriques: frozen dataclasses whose fields are the names in JSON.

Invariant: the shape of a rubrique is always the same and whole, `null` where the data are unknown; only the
blocks of the synthèse may be absent, when the profile has not the rubrique that they come from. Amounts are
euros with two places, dates AAAA-MM-JJ, months AAAA-MM. No NIR, and nothing of the `Liens`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from cdap.domain.attestation import Attestation, Indisponible
from cdap.domain.foyer import (
    Activite,
    Adresse,
    Civilite,
    DonneesComplementaires,
    Logement,
    Nationalite,
    PrecisionDate,
    Role,
    SituationDossier,
    SituationFamiliale,
)
from cdap.domain.revenus import CmuRsa, LigneRessource, Rsa
from cdap.domain.versements import Courrier, Creance, Droit, Paiement


@dataclass(frozen=True, slots=True, kw_only=True)
class Membre:
    """A person as the screen names her: civilité, name, « Né(e) le », activity « depuis le »."""

    role: Role | None
    responsable: bool
    civilite: Civilite | None
    nom: str | None
    prenom: str | None
    date_naissance: date | None
    precision_naissance: PrecisionDate | None
    activite: Activite | None
    residence_alternee: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotient:
    """QF CNAF; `libelle` is « 1 057 € » with narrow no-break spaces, or « Donnée indisponible »."""

    valeur: int | None
    mois: str | None
    libelle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SituationResumee:
    """The situation that every profile sees: state of the dossier, family situation, the two counts."""

    dossier: SituationDossier | None
    familiale: SituationFamiliale | None
    enfants_a_charge_pf: int | None
    personnes_a_charge_al: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocDossier:
    """« Pas de surendettement en cours », for those who have the rubrique Dossier."""

    surendettement: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaiementResume:
    """A line of « Derniers paiements »."""

    emis_le: date | None
    type_traitement: str | None
    periode: str | None
    montant_paye: Decimal | None
    destinataire: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocPaiements:
    """The last payments, newest first; null is unknown, an empty list is none."""

    paiements: tuple[PaiementResume, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocLogement:
    """Rent and receipt."""

    loyer: Decimal | None
    quittance_presente: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocCreances:
    """How many debts there are; 0 is « Aucune créance en cours », null is unknown."""

    nombre: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlocCourriers:
    """Letters received since the first day of the month two months before, newest first."""

    depuis: str
    courriers: tuple[Courrier, ...] | None


Bloc = BlocDossier | BlocPaiements | BlocLogement | BlocCreances | BlocCourriers


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthese:
    """Responsable and conjoint, address, situation, QF: what every profile sees.

    `blocs` is keyed by the slug of the rubrique that a block comes from (« Accéder à la rubrique »); a block
    whose rubrique the profile has not is not there at all (minimisation: our decision, see domain 1.2).
    """

    personnes: tuple[Membre, ...] | None
    adresse: Adresse | None
    situation: SituationResumee
    quotient_familial: Quotient
    blocs: Mapping[str, Bloc] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RubriqueDossier:
    """Rubrique Dossier."""

    situation: SituationDossier | None
    familiale: SituationFamiliale | None
    enfants_a_charge_pf: int | None
    personnes_a_charge_al: int | None
    nationalite_responsable: Nationalite | None
    fin_titre_sejour_responsable: date | None
    nationalite_conjoint: Nationalite | None
    fin_titre_sejour_conjoint: date | None
    surendettement: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RubriquePaiements:
    """Rubrique Paiements: newest first, with their lines; the view by period is a grouping of `periode`."""

    paiements: tuple[Paiement, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RubriqueDroits:
    """Rubrique Droits: `mois` is the latest of which rights are known; newest month first."""

    mois: str | None
    droits: tuple[Droit, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RubriqueFamille:
    """Rubrique Famille: the whole household."""

    familiale: SituationFamiliale | None
    personnes: tuple[Membre, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Releve:
    """A table nature × (responsable, conjoint) with its sub-totals; a column without any amount has none."""

    lignes: tuple[LigneRessource, ...] | None
    sous_total_responsable: Decimal | None
    sous_total_conjoint: Decimal | None
    total: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleveAnnuel:
    """« Ressources annuelles » of one year."""

    annee: int | None
    releve: Releve


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleveMensuel:
    """« Ressources Aide au logement » of one month."""

    mois: str | None
    releve: Releve


@dataclass(frozen=True, slots=True, kw_only=True)
class RubriqueRessources:
    """Rubrique Ressources, newest first; the columns are headed « Monsieur », « Madame »."""

    responsable: str | None
    conjoint: str | None
    annuelles: tuple[ReleveAnnuel, ...] | None
    aide_au_logement: tuple[ReleveMensuel, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RubriqueCreances:
    """Rubrique Créances; an empty list is « Aucune créance en cours »."""

    creances: tuple[Creance, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RubriqueCourriers:
    """Rubrique Courriers, newest first."""

    courriers: tuple[Courrier, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RubriqueCmucRessources:
    """Rubrique CMUC Ress."""

    debut: date | None
    fin: date | None
    releve: Releve


Contenu = (
    Synthese
    | RubriqueDossier
    | RubriquePaiements
    | RubriqueDroits
    | RubriqueFamille
    | Logement
    | RubriqueRessources
    | Rsa
    | RubriqueCreances
    | RubriqueCourriers
    | CmuRsa
    | RubriqueCmucRessources
    | DonneesComplementaires
    | Attestation
    | Indisponible
)
