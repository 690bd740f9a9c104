"""What each of the 14 rubriques shows of a dossier (webinar, slides « Les rubriques »); shapes in `contenus`.

Invariant: whatever belongs to a rubrique that the profile has not is not in the answer, not even as null.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from cdap.domain.attestation import attestation
from cdap.domain.calendrier import debut_des_courriers
from cdap.domain.contenus import (
    Bloc,
    BlocCourriers,
    BlocCreances,
    BlocDossier,
    BlocLogement,
    BlocPaiements,
    Contenu,
    Membre,
    PaiementResume,
    Quotient,
    Releve,
    ReleveAnnuel,
    ReleveMensuel,
    RubriqueCmucRessources,
    RubriqueCourriers,
    RubriqueCreances,
    RubriqueDossier,
    RubriqueDroits,
    RubriqueFamille,
    RubriquePaiements,
    RubriqueRessources,
    SituationResumee,
    Synthese,
)
from cdap.domain.dossiers import Dossier
from cdap.domain.foyer import Civilite, DonneesComplementaires, Logement, Personne, Role, Situation
from cdap.domain.profils import Rubrique
from cdap.domain.revenus import CmucRessources, CmuRsa, LigneRessource, Ressources, Rsa
from cdap.domain.versements import QuotientFamilial, complet

T = TypeVar("T")

DONNEE_INDISPONIBLE = "Donnée indisponible"
DERNIERS_PAIEMENTS = 3
"""How many the synthèse shows (webinar, slide « Synthèse du dossier – suites »)."""


def contenu(dossier: Dossier, rubrique: Rubrique, ouvertes: frozenset[Rubrique], le: date) -> Contenu:
    """What this rubrique shows on that day to somebody who has the rubriques `ouvertes`.

    The use case has refused a closed rubrique before; as a last guard it is a ValueError here.
    """
    if rubrique not in ouvertes:
        raise ValueError("this rubrique is not among those that are open")
    if rubrique is Rubrique.SYNTHESE:
        return _synthese(dossier, ouvertes, le)
    if rubrique is Rubrique.ATTESTATION_PAIEMENT:
        return attestation(dossier, le)
    return _CONTENUS[rubrique](dossier)


def quotient(lu: QuotientFamilial | None) -> Quotient:
    """The QF and how it is written; what is unknown is never 0."""
    lu = lu or QuotientFamilial()
    if lu.valeur is None:
        return Quotient(valeur=None, mois=lu.mois, libelle=DONNEE_INDISPONIBLE)
    ecrit = f"{lu.valeur:,}\u202f€".replace(",", "\u202f")
    return Quotient(valeur=lu.valeur, mois=lu.mois, libelle=ecrit)


def _synthese(dossier: Dossier, ouvertes: frozenset[Rubrique], le: date) -> Synthese:
    situation = dossier.situation or Situation()
    personnes = None
    if dossier.personnes is not None:
        personnes = tuple(_membre(p) for p in dossier.personnes if p.role in {Role.DEM, Role.CJT})
    return Synthese(
        personnes=personnes,
        adresse=dossier.adresse,
        situation=SituationResumee(
            dossier=situation.dossier,
            familiale=situation.familiale,
            enfants_a_charge_pf=situation.enfants_a_charge_pf,
            personnes_a_charge_al=situation.personnes_a_charge_al,
        ),
        quotient_familial=quotient(dossier.quotient_familial),
        blocs={rubrique.value: bloc(dossier, le) for rubrique, bloc in _BLOCS.items() if rubrique in ouvertes},
    )


def _bloc_dossier(dossier: Dossier, le: date) -> Bloc:
    return BlocDossier(surendettement=dossier.situation.surendettement if dossier.situation else None)


def _bloc_paiements(dossier: Dossier, le: date) -> Bloc:
    recents = _paiements(dossier).paiements
    if recents is None:
        return BlocPaiements(paiements=None)
    return BlocPaiements(
        paiements=tuple(
            PaiementResume(
                emis_le=paiement.emis_le,
                type_traitement=paiement.type_traitement,
                periode=paiement.periode,
                montant_paye=paiement.montant_paye,
                destinataire=paiement.destinataire,
            )
            for paiement in recents[:DERNIERS_PAIEMENTS]
        )
    )


def _bloc_logement(dossier: Dossier, le: date) -> Bloc:
    logement = dossier.logement or Logement()
    return BlocLogement(loyer=logement.loyer, quittance_presente=logement.quittance_presente)


def _bloc_creances(dossier: Dossier, le: date) -> Bloc:
    return BlocCreances(nombre=None if dossier.creances is None else len(dossier.creances))


def _bloc_courriers(dossier: Dossier, le: date) -> Bloc:
    debut = debut_des_courriers(le)
    recents = _recents(dossier.courriers, lambda courrier: courrier.recu_le)
    if recents is not None:
        recents = tuple(courrier for courrier in recents if courrier.recu_le is not None and courrier.recu_le >= debut)
    return BlocCourriers(depuis=f"{debut:%Y-%m}", courriers=recents)


_BLOCS: Mapping[Rubrique, Callable[[Dossier, date], Bloc]] = {
    Rubrique.DOSSIER: _bloc_dossier,
    Rubrique.PAIEMENTS: _bloc_paiements,
    Rubrique.LOGEMENT: _bloc_logement,
    Rubrique.CREANCES: _bloc_creances,
    Rubrique.COURRIERS: _bloc_courriers,
}


def _dossier(dossier: Dossier) -> Contenu:
    situation = dossier.situation or Situation()
    return RubriqueDossier(
        situation=situation.dossier,
        familiale=situation.familiale,
        enfants_a_charge_pf=situation.enfants_a_charge_pf,
        personnes_a_charge_al=situation.personnes_a_charge_al,
        nationalite_responsable=situation.nationalite_responsable,
        fin_titre_sejour_responsable=situation.fin_titre_sejour_responsable,
        nationalite_conjoint=situation.nationalite_conjoint,
        fin_titre_sejour_conjoint=situation.fin_titre_sejour_conjoint,
        surendettement=situation.surendettement,
    )


def _paiements(dossier: Dossier) -> RubriquePaiements:
    recents = _recents(dossier.paiements, lambda paiement: paiement.emis_le)
    return RubriquePaiements(paiements=None if recents is None else tuple(map(complet, recents)))


def _droits(dossier: Dossier) -> Contenu:
    mois = max((droit.mois for droit in dossier.droits or () if droit.mois), default=None)
    return RubriqueDroits(mois=mois, droits=_recents(dossier.droits, lambda droit: droit.mois))


def _famille(dossier: Dossier) -> Contenu:
    return RubriqueFamille(
        familiale=dossier.situation.familiale if dossier.situation else None,
        personnes=None if dossier.personnes is None else tuple(map(_membre, dossier.personnes)),
    )


def _ressources(dossier: Dossier) -> Contenu:
    ressources = dossier.ressources or Ressources()
    annuelles = _recents(ressources.annuelles, lambda releve: releve.annee)
    mensuelles = _recents(ressources.aide_au_logement, lambda releve: releve.mois)
    return RubriqueRessources(
        responsable=_colonne(dossier, Role.DEM),
        conjoint=_colonne(dossier, Role.CJT),
        annuelles=None
        if annuelles is None
        else tuple(ReleveAnnuel(annee=lu.annee, releve=_releve(lu.lignes)) for lu in annuelles),
        aide_au_logement=None
        if mensuelles is None
        else tuple(ReleveMensuel(mois=lu.mois, releve=_releve(lu.lignes)) for lu in mensuelles),
    )


def _colonne(dossier: Dossier, role: Role) -> str | None:
    """The heading of a column of resources: « Monsieur » or « Madame », None where nobody says."""
    civilites = [personne.civilite for personne in dossier.personnes or () if personne.role is role]
    return _EN_TOUTES_LETTRES.get(civilites[0]) if civilites and civilites[0] else None


_EN_TOUTES_LETTRES = {Civilite.MR: "Monsieur", Civilite.MME: "Madame"}


def _creances(dossier: Dossier) -> Contenu:
    return RubriqueCreances(creances=dossier.creances)


def _courriers(dossier: Dossier) -> Contenu:
    return RubriqueCourriers(courriers=_recents(dossier.courriers, lambda courrier: courrier.recu_le))


def _cmuc_ressources(dossier: Dossier) -> Contenu:
    lues = dossier.cmuc_ressources or CmucRessources()
    return RubriqueCmucRessources(debut=lues.debut, fin=lues.fin, releve=_releve(lues.lignes))


_CONTENUS: Mapping[Rubrique, Callable[[Dossier], Contenu]] = {
    Rubrique.DOSSIER: _dossier,
    Rubrique.PAIEMENTS: _paiements,
    Rubrique.DROITS: _droits,
    Rubrique.FAMILLE: _famille,
    Rubrique.LOGEMENT: lambda dossier: dossier.logement or Logement(),
    Rubrique.RESSOURCES: _ressources,
    Rubrique.RSA: lambda dossier: dossier.rsa or Rsa(),
    Rubrique.CREANCES: _creances,
    Rubrique.COURRIERS: _courriers,
    Rubrique.CMU_RSA: lambda dossier: dossier.cmu_rsa or CmuRsa(),
    Rubrique.CMUC_RESSOURCES: _cmuc_ressources,
    Rubrique.DONNEES_COMPLEMENTAIRES: lambda dossier: dossier.donnees_complementaires or DonneesComplementaires(),
}


def _membre(personne: Personne) -> Membre:
    return Membre(
        role=personne.role,
        responsable=personne.role is Role.DEM,
        civilite=personne.civilite,
        nom=personne.nom_usage or personne.nom_naissance,
        prenom=personne.prenom,
        date_naissance=personne.date_naissance,
        precision_naissance=personne.precision_naissance,
        activite=personne.activite,
        residence_alternee=personne.residence_alternee,
    )


def _releve(lignes: tuple[LigneRessource, ...] | None) -> Releve:
    responsable = _somme(ligne.responsable for ligne in lignes or ())
    conjoint = _somme(ligne.conjoint for ligne in lignes or ())
    return Releve(
        lignes=lignes,
        sous_total_responsable=responsable,
        sous_total_conjoint=conjoint,
        total=_somme((responsable, conjoint)),
    )


def _somme(montants: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known, None where nothing is."""
    connus = [montant for montant in montants if montant is not None]
    return sum(connus, Decimal("0.00")) if connus else None


def _recents(lus: tuple[T, ...] | None, moment: Callable[[T], Any]) -> tuple[T, ...] | None:
    """Newest first, in the order of the data among equals; what has no date comes last."""
    if lus is None:
        return None
    dates = sorted((lu for lu in lus if moment(lu) is not None), key=moment, reverse=True)
    return (*dates, *(lu for lu in lus if moment(lu) is None))
