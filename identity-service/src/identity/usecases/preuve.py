"""The proof by password, which logging in and changing the password share, and what slows guesses down.

Invariant: whether an attempt has to wait is decided before the password is looked at, from counts under keyed prints
of what was typed: known and unknown identifiants take the same way and give the same answer.
"""

from datetime import timedelta

from identity.domain.freins import Cles, Compteur, exiger_patience, reseau
from identity.domain.identifiants import bien_forme
from identity.domain.mots_de_passe import AUCUN_SECOURS, IdentifiantsErrones, normaliser
from identity.domain.preuve import Preuve, Titulaire
from identity.usecases.ports import Cachet, Depots, Outils
from socle.acces import Acces
from socle.travail import Acte, Travail

FAMILIERE = timedelta(days=90)


def prouver(
    travail: Travail[Depots], acte: Acte[Depots], acces: Acces, outils: Outils, identifiant: str, mot_de_passe: str
) -> Preuve:
    """Give the account that identifiant and password prove.

    Raises Temporisation; IdentifiantsErrones, after the same work whatever was wrong, and then it was counted. The
    event names the account only if there is one, and what was typed is never kept.
    """
    titulaire, cles, compteurs = _reunir(travail, acte, acces, outils.cachet, identifiant)
    if titulaire is not None:
        acte.note(**titulaire.compte.references())
    secours = titulaire.secours if titulaire else AUCUN_SECOURS
    par_secours = secours.est(empreinte_secours(outils.cachet, identifiant, mot_de_passe), acte.instant)
    if not par_secours:
        exiger_patience(cles, compteurs, acte.instant)
    juste = outils.coffre.verifier(titulaire.mot.hash if titulaire else None, mot_de_passe)
    if titulaire is None:
        return refuser_la_preuve(acte, cles, "identifiant_inconnu")
    if titulaire.compte.ferme:
        return refuser_la_preuve(acte, cles, "compte_ferme")
    if not (juste or par_secours):
        return refuser_la_preuve(acte, cles, "mot_de_passe_errone")
    if not par_secours and titulaire.mot.perime(acte.instant):
        return refuser_la_preuve(acte, cles, "mot_de_passe_provisoire_expire")
    return Preuve(titulaire, cles, par_secours)


def confirmer(acte: Acte[Depots], acces: Acces, preuve: Preuve) -> bool:
    """In the transaction of the act: the proof still holds. Whether the account was opened from that address before.

    Raises Temporisation where others have failed meanwhile, IdentifiantsErrones where the password has changed.
    """
    depots, identifiant = acte.depots, preuve.compte.identifiant
    if not preuve.par_secours:
        compteurs = depots.freins.lire(preuve.cles.freins.keys(), verrou=True)
        exiger_patience(preuve.cles, compteurs, acte.instant)
    if not depots.comptes.est_en_vigueur(identifiant, preuve.titulaire.mot):
        raise IdentifiantsErrones("mot_de_passe_change_entre_temps")
    if preuve.par_secours and not depots.comptes.a_ce_secours(identifiant, preuve.titulaire.secours.empreinte):
        raise IdentifiantsErrones("mot_de_passe_change_entre_temps")
    depots.freins.oublier(preuve.cles.couple)
    depots.adresses.retenir(identifiant, reseau(acces.adresse), acte.instant)
    return preuve.cles.familier


def refuser_la_preuve(acte: Acte[Depots], cles: Cles, cause: str) -> Preuve:
    """Count the failure, for good, and raise IdentifiantsErrones; whoever has to wait by now is not told more."""
    exiger_patience(cles, acte.depots.freins.lire(cles.freins.keys(), verrou=True), acte.instant)
    acte.depots.freins.compter(cles.comptees, acte.instant)
    acte.acquis()
    raise IdentifiantsErrones(cause)


def empreinte_secours(cachet: Cachet, identifiant: str, mot_de_passe: str) -> str:
    """What is kept of a password for who has forgotten hers."""
    return cachet.empreinte("secours", identifiant, normaliser(mot_de_passe))


def _reunir(
    travail: Travail[Depots], acte: Acte[Depots], acces: Acces, cachet: Cachet, identifiant: str
) -> tuple[Titulaire | None, Cles, dict[str, Compteur]]:
    """All that is known before the password is looked at, by the same queries for every identifiant."""
    adresse = reseau(acces.adresse)
    possible = bien_forme(identifiant)
    with travail.lecture() as depots:
        titulaire = depots.comptes.titulaire(identifiant) if possible else None
        familier = possible and depots.adresses.connait(identifiant, adresse, acte.instant - FAMILIERE)
        cles = Cles(
            compte=cachet.empreinte("compte", identifiant),
            couple=cachet.empreinte("couple", identifiant, adresse),
            adresse=cachet.empreinte("adresse", adresse),
            familier=familier,
        )
        return titulaire, cles, depots.freins.lire(cles.freins.keys())
