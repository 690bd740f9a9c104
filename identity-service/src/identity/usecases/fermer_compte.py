"""An account is closed for good: its person has left."""

from identity.domain.comptes import CompteInconnu
from identity.domain.sessions import MotifFin
from identity.usecases.autorite import compte_vise
from identity.usecases.fin import finir
from identity.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Travail


def fermer_compte(travail: Travail[Depots], acces: Acces, outils: Outils, identifiant: str) -> None:
    """Nobody logs in with it any more, its sessions end; the identifiant is never given again.

    Raises CompteInconnu, AccesRefuse, SoiMeme, VoisinIndisponible.
    """
    with travail.acte("identity.compte.ferme", acces) as acte:
        compte = compte_vise(travail, acte, acces, outils.habilitation, identifiant)
        if not acte.depots.comptes.fermer(compte.identifiant, str(acces.sujet), acte.instant):
            raise CompteInconnu("compte_ferme")
        finir(acte, compte.identifiant, MotifFin.COMPTE_FERME)
