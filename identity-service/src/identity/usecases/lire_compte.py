"""Accounts are read: by their owner, or by habilitation, which must know whose they are."""

from identity.domain.comptes import Compte
from identity.domain.sessions import SessionOuverte
from identity.usecases.ports import Depots
from socle.acces import Acces
from socle.refus import RessourceInconnue
from socle.travail import Travail

DERNIERES = 5


def lire_mon_compte(travail: Travail[Depots], acces: Acces) -> tuple[Compte, list[SessionOuverte]]:
    """The account of who asks, and its last logins. Raises RessourceInconnue."""
    with travail.acte("identity.compte.lu", acces, objet=acces.sujet) as acte:
        compte = _exiger(acte.depots.comptes.lire(str(acces.sujet)))
        return compte, acte.depots.sessions.dernieres(compte.identifiant, DERNIERES)


def partenaire_du_compte(travail: Travail[Depots], identifiant: str) -> str | None:
    """The SIRET of the partner of an account, None for an agent. Raises RessourceInconnue. Leaves no event."""
    with travail.lecture() as depots:
        return _exiger(depots.comptes.lire(identifiant)).appartenance.partenaire


def _exiger(compte: Compte | None) -> Compte:
    if compte is None or compte.ferme:
        raise RessourceInconnue()
    return compte
