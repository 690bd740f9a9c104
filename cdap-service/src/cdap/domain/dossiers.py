"""A dossier: what the Caf knows of a household, in sections that may each be unknown.

Invariant: None is « Donnée indisponible », an empty list is known to be empty (« Aucune créance en cours »).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, TypeVar

from cdap.domain.foyer import Adresse, DonneesComplementaires, Logement, Personne, Role, Situation
from cdap.domain.liens import DroitRsa, Liens, Mandat, clore, reunir
from cdap.domain.noms import comparable, est_comparable
from cdap.domain.revenus import RSA_CLOS, CmucRessources, CmuRsa, Ressources, Rsa
from cdap.domain.versements import Courrier, Creance, Droit, Paiement, QuotientFamilial

__all__ = ["Cle", "Dossier", "DroitRsa", "Liens", "Mandat", "fusionner", "noms_admis", "repond_au_nom"]

T = TypeVar("T", Personne, Situation, Liens)


@dataclass(frozen=True, slots=True)
class Cle:
    """The key of a dossier: a numéro d'allocataire is unique within one Caf only."""

    organisme: str
    numero_allocataire: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One dossier; `fictif` marks what was generated for a demonstration. `liens` is shown to nobody."""

    cle: Cle
    fictif: bool = False
    personnes: tuple[Personne, ...] | None = None
    adresse: Adresse | None = None
    situation: Situation | None = None
    quotient_familial: QuotientFamilial | None = None
    droits: tuple[Droit, ...] | None = None
    paiements: tuple[Paiement, ...] | None = None
    logement: Logement | None = None
    ressources: Ressources | None = None
    rsa: Rsa | None = None
    creances: tuple[Creance, ...] | None = None
    courriers: tuple[Courrier, ...] | None = None
    cmu_rsa: CmuRsa | None = None
    cmuc_ressources: CmucRessources | None = None
    donnees_complementaires: DonneesComplementaires | None = None
    liens: Liens = field(default_factory=Liens)


def noms_admis(dossier: Dossier) -> frozenset[str]:
    """Comparable forms of the names that open the dossier: birth and use names of responsable and conjoint.

    Webinar, search screen: « le nom du responsable du dossier (ou conjoint, si conjoint) ». A household
    without a responsable (the Cnaf sends some) is opened by its conjoint. Never empty forms.
    """
    adultes = (personne for personne in dossier.personnes or () if personne.role in {Role.DEM, Role.CJT})
    noms = (nom for adulte in adultes for nom in (adulte.nom_naissance, adulte.nom_usage) if nom is not None)
    return frozenset(filter(est_comparable, map(comparable, noms)))


def repond_au_nom(dossier: Dossier, nom: str) -> bool:
    """Whether the name typed on the search screen is one of those that open this dossier."""
    return comparable(nom) in noms_admis(dossier)


def fusionner(ancien: Dossier, recu: Dossier, rsa_su_le: date | None = None) -> Dossier:
    """The dossier after an import that knows only some sections: these are replaced, the others kept.

    Situation and liens are merged field by field, RSA periods are joined; a person who is recognized (same first
    name, same date of birth) keeps what the import does not say. Any other section is replaced whole, since its
    fields belong together: an old closing reason must not survive a reopened RSA.
    Generated and true data never mix: a true dossier replaces a fictive one, a fictive one changes nothing.
    `rsa_su_le` is the day for which the old RSA was known: where a right is closed without a date it ends there.
    Raises ValueError if the two have not the same key.
    """
    if ancien.cle != recu.cle:
        raise ValueError("two dossiers with different keys are not merged")
    if ancien.fictif != recu.fictif:
        return ancien if recu.fictif else recu
    return replace(
        recu,
        **{
            **_sections_inconnues(ancien, recu),
            "personnes": _personnes(ancien.personnes, recu.personnes),
            "situation": _completer(ancien.situation, recu.situation),
            "liens": _liens(ancien, recu, rsa_su_le),
        },
    )


def _sections_inconnues(ancien: Dossier, recu: Dossier) -> dict[str, Any]:
    return {champ.name: getattr(ancien, champ.name) for champ in fields(recu) if getattr(recu, champ.name) is None}


def _completer(ancien: T | None, recu: T | None) -> T | None:
    """What was received, with the old value of each field of which it says nothing."""
    if ancien is None or recu is None:
        return recu or ancien
    vides = {c.name: getattr(ancien, c.name) for c in fields(recu) if getattr(recu, c.name) is None}
    return replace(recu, **vides)


def _liens(ancien: Dossier, recu: Dossier, rsa_su_le: date | None) -> Liens:
    """Who speaks of the RSA also says whether the household leaves: saying nothing of it, it stays."""
    unis = _completer(ancien.liens, recu.liens) or recu.liens
    if recu.rsa is None:
        return replace(unis, droits_rsa=reunir(ancien.liens.droits_rsa, recu.liens.droits_rsa, None))
    if recu.rsa.etat_code in RSA_CLOS and not recu.liens.droits_rsa:
        droits_rsa = clore(ancien.liens.droits_rsa, rsa_su_le) or recu.liens.droits_rsa
    else:
        droits_rsa = reunir(ancien.liens.droits_rsa, recu.liens.droits_rsa, recu.rsa.date_demande)
    return replace(unis, droits_rsa=droits_rsa, depart=recu.liens.depart)


def _personnes(anciennes: tuple[Personne, ...] | None, recues: tuple[Personne, ...] | None) -> Any:
    if anciennes is None or recues is None:
        return anciennes if recues is None else recues
    return tuple(_completer(_reconnue(anciennes, personne), personne) for personne in recues)


def _reconnue(anciennes: Iterable[Personne], personne: Personne) -> Personne | None:
    """The one person with this first name and date of birth; twins who share both are nobody."""
    if personne.prenom is None or personne.date_naissance is None:
        return None
    prenom = comparable(personne.prenom)
    trouvees = [
        autre
        for autre in anciennes
        if autre.date_naissance == personne.date_naissance and comparable(autre.prenom or "") == prenom
    ]
    return trouvees[0] if len(trouvees) == 1 else None
