"""Steps that several acts share: fetch what is to be acted on, and make sure that this person may."""

from datetime import datetime

from habilitation.domain.groupes import Groupe
from habilitation.domain.liens import Trait, trait
from habilitation.domain.partenaires import Partenaire
from habilitation.domain.perimetre import exiger_administrateur, exiger_gestion, exiger_referent
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.refus import RessourceInconnue


def signer(depots: Depots, acces: Acces, instant: datetime, motif: str | None = None) -> Trait:
    """Move the version of the rights on, and give the stroke of the pen for what follows in this transaction."""
    return trait(depots.version.avancer(instant), acces.sujet, motif)


def partenaire_suivi(depots: Depots, acces: Acces, siret: str) -> Partenaire:
    """The partner that this référent's Caf follows. Raises RessourceInconnue."""
    return exiger_referent(acces, depots.partenaires.lire(siret))


def partenaire_administre(depots: Depots, acces: Acces, siret: str) -> Partenaire:
    """The partner that this person administers. Raises RessourceInconnue."""
    return exiger_administrateur(acces, depots.partenaires.lire(siret))


def groupe_administre(depots: Depots, acces: Acces, id: str) -> Groupe:
    """The group of the partner that this person administers. Raises RessourceInconnue."""
    groupe = _existant(depots, id)
    exiger_administrateur(acces, depots.partenaires.lire(groupe.partenaire))
    return groupe


def groupe_gere(depots: Depots, acces: Acces, id: str) -> Groupe:
    """The group whose members this person may move. Raises RessourceInconnue."""
    groupe = _existant(depots, id)
    partenaire = depots.partenaires.lire(groupe.partenaire)
    if partenaire is None:
        raise RessourceInconnue("partenaire_inconnu")
    exiger_gestion(acces, partenaire, groupe)
    return groupe


def _existant(depots: Depots, id: str) -> Groupe:
    groupe = depots.groupes.lire(id)
    if groupe is None:
        raise RessourceInconnue("groupe_inconnu")
    return groupe
