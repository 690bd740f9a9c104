"""Accounts are read: by their owner, or by habilitation, which must know whose they are."""

from identity.domain.comptes import Compte
from identity.usecases.ports import Depots
from socle.acces import Acces
from socle.refus import RessourceInconnue
from socle.travail import Travail


def lire_mon_compte(travail: Travail[Depots], acces: Acces) -> Compte:
    """The account of who asks. Raises RessourceInconnue."""
    with travail.acte("identity.compte.lu", acces, objet=acces.sujet) as acte:
        return _exiger(acte.depots.comptes.lire(str(acces.sujet)))


def partenaire_du_compte(travail: Travail[Depots], identifiant: str) -> str | None:
    """The SIRET of the partner of an account, None for an agent. Raises RessourceInconnue. Leaves no event."""
    with travail.lecture() as depots:
        return _exiger(depots.comptes.lire(identifiant)).appartenance.partenaire


def _exiger(compte: Compte | None) -> Compte:
    if compte is None:
        raise RessourceInconnue()
    return compte
