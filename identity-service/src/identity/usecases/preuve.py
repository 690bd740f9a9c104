"""The proof by password, which logging in and changing the password share."""

from identity.domain.comptes import Compte
from identity.domain.identifiants import bien_forme
from identity.domain.mots_de_passe import IdentifiantsErrones, MotDePasse
from identity.usecases.ports import Coffre, Depots
from socle.travail import Acte, Travail


def prouver(
    travail: Travail[Depots], acte: Acte[Depots], coffre: Coffre, identifiant: str, mot_de_passe: str
) -> tuple[Compte, MotDePasse]:
    """Give the account that identifiant and password prove, and its password in force.

    Raises IdentifiantsErrones, after the same work whatever was wrong; the event names the account only if
    there is one, and what was typed is never kept.
    """
    connu = _chercher(travail, identifiant)
    juste = coffre.verifier(connu[1].hash if connu else None, mot_de_passe)
    if connu is None:
        raise IdentifiantsErrones("identifiant_inconnu")
    compte, mot = connu
    acte.note(**compte.references())
    if not juste:
        raise IdentifiantsErrones("mot_de_passe_errone")
    if mot.perime(acte.instant):
        raise IdentifiantsErrones("mot_de_passe_provisoire_expire")
    return compte, mot


def _chercher(travail: Travail[Depots], identifiant: str) -> tuple[Compte, MotDePasse] | None:
    if not bien_forme(identifiant):
        return None
    with travail.lecture() as depots:
        return depots.comptes.avec_mot_de_passe(identifiant)
