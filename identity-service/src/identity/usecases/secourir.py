"""Those who have forgotten their password are helped, after the answer that says nothing of them."""

from datetime import timedelta

from identity.domain.courriels import mot_de_passe_oublie
from identity.domain.mots_de_passe import VALIDITE_PROVISOIRE, Secours, tirer_provisoire
from identity.usecases.ports import Cachet, Depots
from identity.usecases.preuve import empreinte_secours
from socle.acces import Acces
from socle.travail import Acte, Travail

INTERVALLE = timedelta(minutes=10)


def secourir(travail: Travail[Depots], acces: Acces, cachet: Cachet) -> None:
    """Help those who wait: each gets a provisional password by mail, beside the one in force, which stays.

    So whoever asks in another's name takes nothing away from her. Not more than one in 10 minutes.
    """
    with travail.lecture() as depots:
        en_attente = depots.oublis.en_attente()
    for id, identifiant in en_attente:
        with travail.acte("identity.mot-de-passe.reinitialise", acces, objet=identifiant) as acte:
            if not (acte.depots.oublis.prendre(id) and _secourir(acte, cachet, identifiant)):
                acte.note(issue="refuse", cause="secours_recent")


def _secourir(acte: Acte[Depots], cachet: Cachet, identifiant: str) -> bool:
    compte = acte.depots.comptes.lire(identifiant)
    if compte is None or compte.ferme:
        return False
    clair, expire_a = tirer_provisoire(), acte.instant + VALIDITE_PROVISOIRE
    secours = Secours(empreinte_secours(cachet, identifiant, clair), expire_a)
    if not acte.depots.comptes.poser_secours(identifiant, secours, acte.instant, INTERVALLE):
        return False
    acte.depots.courriels.enfiler(mot_de_passe_oublie(compte, clair, expire_a), acte.instant)
    return True
