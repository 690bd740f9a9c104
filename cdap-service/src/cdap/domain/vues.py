"""The views of the webinar's screens: a cut of a rubrique, by payment, by month, by year or by period.

Invariant: a view shows nothing that its rubrique, read whole, does not show; it is made from that alone.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from cdap.domain.calendrier import debut_des_courriers
from cdap.domain.contenus import (
    Contenu,
    Releve,
    RubriqueCourriers,
    RubriqueDroits,
    RubriquePaiements,
    RubriqueRessources,
)
from cdap.domain.profils import Rubrique
from cdap.domain.refus import VueInvalide
from cdap.domain.versements import Courrier, Droit, Paiement
from socle.refus import RessourceInconnue


class Vue(StrEnum):
    """« Vue par paiement », « Vue mensuelle », « Vue par période », a year of resources, letters of three months."""

    PAIEMENT = "paiement"
    MOIS = "mois"
    ANNEE = "annee"
    PERIODE = "periode"
    RECENTS = "recents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadrage:
    """Which view, and where it looks; months are AAAA-MM, both bounds of a period are in it."""

    vue: Vue | None = None
    numero: int | None = None
    mois: str | None = None
    annee: int | None = None
    depuis: str | None = None
    jusqu_a: str | None = None

    def couvre(self, mois: str | None) -> bool:
        """Whether the period holds this month; what has none is in no bounded period."""
        if mois is None:
            return self.depuis is None and self.jusqu_a is None
        return (self.depuis or mois) <= mois <= (self.jusqu_a or mois)


ENTIERE = Cadrage()


@dataclass(frozen=True, slots=True, kw_only=True)
class VuePaiement:
    """One payment. They are numbered from the oldest, so that a new one changes no number; `nombre` null is unknown."""

    nombre: int | None
    numero: int | None
    precedent: int | None
    suivant: int | None
    paiement: Paiement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaiementsDUnePeriode:
    """The payments for one month and their sums, each null as soon as one of its amounts is unknown."""

    periode: str | None
    paiements: tuple[Paiement, ...]
    montant_total: Decimal | None
    retenue: Decimal | None
    montant_paye: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VuePaiementsParPeriode:
    """The payments by the month for which they were made, newest first."""

    depuis: str | None
    jusqu_a: str | None
    periodes: tuple[PaiementsDUnePeriode, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VueDroitsDuMois:
    """« Droits à la date »: those of one month, and the months around it of which rights are known."""

    mois: str | None
    precedent: str | None
    suivant: str | None
    droits: tuple[Droit, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DroitsDUnMois:
    """The rights of one month."""

    mois: str | None
    droits: tuple[Droit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VueDroitsParPeriode:
    """The rights month by month, newest first."""

    depuis: str | None
    jusqu_a: str | None
    par_mois: tuple[DroitsDUnMois, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VueRessourcesDeLAnnee:
    """« Ressources annuelles » of one year, with the years around it that are known."""

    annee: int | None
    precedente: int | None
    suivante: int | None
    responsable: str | None
    conjoint: str | None
    releve: Releve | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VueRessourcesDuMois:
    """« Ressources Aide au logement » of one month, over the twelve months before, with the months around it."""

    mois: str | None
    precedent: str | None
    suivant: str | None
    responsable: str | None
    conjoint: str | None
    releve: Releve | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VueCourriersRecents:
    """The letters of three months (« Courriers de novembre 2021 à janvier 2022 »)."""

    depuis: str
    courriers: tuple[Courrier, ...] | None


VueDeRubrique = (
    VuePaiement
    | VuePaiementsParPeriode
    | VueDroitsDuMois
    | VueDroitsParPeriode
    | VueRessourcesDeLAnnee
    | VueRessourcesDuMois
    | VueCourriersRecents
)


def vue_de(rubrique: Rubrique, entiere: Contenu, cadrage: Cadrage, le: date) -> Contenu | VueDeRubrique:
    """This view of a rubrique, or the rubrique itself where none is wanted.

    Raises VueInvalide for a view or a bound that the rubrique has not; RessourceInconnue for a payment that there
    is not.
    """
    champs = {
        champ for champ in ("numero", "mois", "annee", "depuis", "jusqu_a") if getattr(cadrage, champ) is not None
    }
    if cadrage.vue is None:
        _refuser_sauf(champs, set())
        return entiere
    if (rubrique, cadrage.vue) not in _VUES:
        raise VueInvalide("vue_inconnue", erreurs=(("vue", "Cette rubrique n’a pas cette vue."),))
    permis, voir = _VUES[rubrique, cadrage.vue]
    _refuser_sauf(champs, permis)
    if cadrage.depuis and cadrage.jusqu_a and cadrage.depuis > cadrage.jusqu_a:
        raise VueInvalide("periode_renversee", erreurs=(("jusqu_a", "La fin de la période précède son début."),))
    return voir(entiere, cadrage, le)


def _refuser_sauf(champs: set[str], permis: set[str]) -> None:
    if champs - permis:
        motif = "Cette vue n’a pas ce paramètre."
        raise VueInvalide("vue_inconnue", erreurs=tuple((champ, motif) for champ in sorted(champs - permis)))


def _un_paiement(lue: RubriquePaiements, cadrage: Cadrage, le: date) -> VuePaiement:
    if not lue.paiements:
        if cadrage.numero is not None:
            raise RessourceInconnue("paiement_inconnu")
        nombre = None if lue.paiements is None else 0
        return VuePaiement(nombre=nombre, numero=None, precedent=None, suivant=None, paiement=None)
    nombre = len(lue.paiements)
    numero = nombre if cadrage.numero is None else cadrage.numero
    if not 1 <= numero <= nombre:
        raise RessourceInconnue("paiement_inconnu")
    return VuePaiement(
        nombre=nombre,
        numero=numero,
        precedent=numero - 1 or None,
        suivant=numero + 1 if numero < nombre else None,
        paiement=lue.paiements[nombre - numero],
    )


def _paiements_par_periode(lue: RubriquePaiements, cadrage: Cadrage, le: date) -> VuePaiementsParPeriode:
    periodes = None
    if lue.paiements is not None:
        periodes = tuple(
            PaiementsDUnePeriode(
                periode=periode,
                paiements=du_mois,
                montant_total=_somme(paiement.montant_total for paiement in du_mois),
                retenue=_somme(paiement.retenue for paiement in du_mois),
                montant_paye=_somme(paiement.montant_paye for paiement in du_mois),
            )
            for periode, du_mois in _par_mois(lue.paiements, lambda paiement: paiement.periode, cadrage)
        )
    return VuePaiementsParPeriode(depuis=cadrage.depuis, jusqu_a=cadrage.jusqu_a, periodes=periodes)


def _droits_du_mois(lue: RubriqueDroits, cadrage: Cadrage, le: date) -> VueDroitsDuMois:
    mois = cadrage.mois or lue.mois
    avant, apres = _voisins(mois, (droit.mois for droit in lue.droits or ()))
    droits = None if lue.droits is None else tuple(droit for droit in lue.droits if droit.mois == mois)
    return VueDroitsDuMois(mois=mois, precedent=avant, suivant=apres, droits=droits)


def _droits_par_periode(lue: RubriqueDroits, cadrage: Cadrage, le: date) -> VueDroitsParPeriode:
    par_mois = None
    if lue.droits is not None:
        par_mois = tuple(
            DroitsDUnMois(mois=un, droits=droits)
            for un, droits in _par_mois(lue.droits, lambda droit: droit.mois, cadrage)
        )
    return VueDroitsParPeriode(depuis=cadrage.depuis, jusqu_a=cadrage.jusqu_a, par_mois=par_mois)


def _ressources_de_l_annee(lue: RubriqueRessources, cadrage: Cadrage, le: date) -> VueRessourcesDeLAnnee:
    releves = {releve.annee: releve.releve for releve in reversed(lue.annuelles or ()) if releve.annee is not None}
    annee = cadrage.annee if cadrage.annee is not None else max(releves, default=None)
    avant, apres = _voisins(annee, releves)
    return VueRessourcesDeLAnnee(
        annee=annee,
        precedente=avant,
        suivante=apres,
        responsable=lue.responsable,
        conjoint=lue.conjoint,
        releve=None if annee is None else releves.get(annee),
    )


def _ressources_du_mois(lue: RubriqueRessources, cadrage: Cadrage, le: date) -> VueRessourcesDuMois:
    releves = {releve.mois: releve.releve for releve in reversed(lue.aide_au_logement or ()) if releve.mois is not None}
    mois = cadrage.mois or max(releves, default=None)
    avant, apres = _voisins(mois, releves)
    return VueRessourcesDuMois(
        mois=mois,
        precedent=avant,
        suivant=apres,
        responsable=lue.responsable,
        conjoint=lue.conjoint,
        releve=None if mois is None else releves.get(mois),
    )


def _courriers_recents(lue: RubriqueCourriers, cadrage: Cadrage, le: date) -> VueCourriersRecents:
    debut = debut_des_courriers(le)
    recents = lue.courriers
    if recents is not None:
        recents = tuple(courrier for courrier in recents if courrier.recu_le is not None and courrier.recu_le >= debut)
    return VueCourriersRecents(depuis=f"{debut:%Y-%m}", courriers=recents)


_VUES: Mapping[tuple[Rubrique, Vue], tuple[set[str], Callable[[Any, Cadrage, date], VueDeRubrique]]] = MappingProxyType(
    {
        (Rubrique.PAIEMENTS, Vue.PAIEMENT): ({"numero"}, _un_paiement),
        (Rubrique.PAIEMENTS, Vue.PERIODE): ({"depuis", "jusqu_a"}, _paiements_par_periode),
        (Rubrique.DROITS, Vue.MOIS): ({"mois"}, _droits_du_mois),
        (Rubrique.DROITS, Vue.PERIODE): ({"depuis", "jusqu_a"}, _droits_par_periode),
        (Rubrique.RESSOURCES, Vue.ANNEE): ({"annee"}, _ressources_de_l_annee),
        (Rubrique.RESSOURCES, Vue.MOIS): ({"mois"}, _ressources_du_mois),
        (Rubrique.COURRIERS, Vue.RECENTS): (set(), _courriers_recents),
    }
)
"""Which rubrique has which views, and what can be asked of each."""


def _par_mois(lus: Sequence[Any], moment: Callable[[Any], str | None], cadrage: Cadrage) -> list[tuple[Any, Any]]:
    """What the period holds, by month, newest first; what has no month comes last."""
    par_mois: dict[str | None, list[Any]] = {}
    for lu in lus:
        if cadrage.couvre(moment(lu)):
            par_mois.setdefault(moment(lu), []).append(lu)
    connus = sorted((mois for mois in par_mois if mois is not None), reverse=True)
    return [(mois, tuple(par_mois[mois])) for mois in (*connus, *([None] if None in par_mois else []))]


def _voisins(ici: Any, connus: Iterable[Any]) -> tuple[Any, Any]:
    """The nearest known before and after."""
    autres = {connu for connu in connus if connu is not None} if ici is not None else set()
    avant, apres = [un for un in autres if un < ici], [un for un in autres if un > ici]
    return max(avant, default=None), min(apres, default=None)


def _somme(montants: Iterable[Decimal | None]) -> Decimal | None:
    lus = list(montants)
    return None if None in lus else sum((montant for montant in lus if montant is not None), Decimal("0.00"))
