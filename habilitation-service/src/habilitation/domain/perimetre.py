"""Whom a person may act on, decided on this service's own data; the token's claims are only half of the proof.

Every refusal is the same neutral 404: it never tells whether the partner or the group exists. The journal keeps
the true cause.
"""

from datetime import date
from typing import Protocol

from habilitation.domain.droits import est_administrateur, est_delegue
from habilitation.domain.groupes import Groupe
from habilitation.domain.partenaires import Partenaire
from habilitation.domain.suspensions import Cible
from socle.refus import RessourceInconnue


class Demandeur(Protocol):
    """What the verified token says of who asks."""

    @property
    def sujet(self) -> str | None: ...
    @property
    def partenaire(self) -> str | None: ...
    @property
    def caf(self) -> str | None: ...
    @property
    def administrateur(self) -> bool: ...
    @property
    def responsable_de(self) -> frozenset[str]: ...


def exiger_referent(demandeur: Demandeur, partenaire: Partenaire | None) -> Partenaire:
    """An agent acts only on partners whose Caf référente is its own (architecture, section 4)."""
    if partenaire is None:
        raise RessourceInconnue("partenaire_inconnu")
    if demandeur.caf is None or demandeur.caf != partenaire.caf_referente:
        raise RessourceInconnue("autre_caf")
    return partenaire


def exiger_administrateur(demandeur: Demandeur, partenaire: Partenaire | None, jour: date) -> Partenaire:
    """An administrateur acts only on its own partner, and only while it holds one of the two places."""
    if partenaire is None:
        raise RessourceInconnue("partenaire_inconnu")
    if demandeur.partenaire != partenaire.siret:
        raise RessourceInconnue("autre_partenaire")
    if not demandeur.administrateur:
        raise RessourceInconnue("non_administrateur")
    _exiger_actif(demandeur, partenaire)
    if not est_administrateur(partenaire, demandeur.sujet, jour):
        raise RessourceInconnue("administrateur_retire")
    return partenaire


def exiger_lecteur(demandeur: Demandeur, partenaire: Partenaire | None, jour: date) -> Partenaire:
    """A partner is read by an agent of its Caf référente, or by its administrateur."""
    if demandeur.caf is not None:
        return exiger_referent(demandeur, partenaire)
    return exiger_administrateur(demandeur, partenaire, jour)


def exiger_gestion(demandeur: Demandeur, partenaire: Partenaire, groupe: Groupe, jour: date) -> None:
    """Members are moved by the partner's administrateur, or by the responsable of exactly this group.

    « Une délégation de l'administrateur […] pour l'affectation dans un groupe des utilisateurs déjà créés »
    (webinar, « Le responsable des habilitations d'un groupe »).
    """
    if demandeur.partenaire != partenaire.siret:
        raise RessourceInconnue("autre_partenaire")
    _exiger_actif(demandeur, partenaire)
    delegue = groupe.id in demandeur.responsable_de
    if delegue and est_delegue(partenaire, groupe, demandeur.sujet, jour):
        return
    if demandeur.administrateur:
        exiger_administrateur(demandeur, partenaire, jour)
        return
    raise RessourceInconnue("responsable_retire" if delegue else "autre_groupe")


def exiger_compte(partenaire_du_compte: str | None, siret: str) -> None:
    """Only an account of this partner may be given a place or a membership in it."""
    if partenaire_du_compte is None:
        raise RessourceInconnue("compte_inconnu")
    if partenaire_du_compte != siret:
        raise RessourceInconnue("compte_d_un_autre_partenaire")


def _exiger_actif(demandeur: Demandeur, partenaire: Partenaire) -> None:
    if partenaire.suspension(Cible.UTILISATEUR, demandeur.sujet):
        raise RessourceInconnue("utilisateur_suspendu")
