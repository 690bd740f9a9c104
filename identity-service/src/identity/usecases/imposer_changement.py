"""A new provisional password goes to somebody: imposed by the Caf, or sent again to who has not chosen hers."""

from identity.domain.courriels import mot_de_passe_impose, mot_de_passe_renvoye
from identity.domain.mots_de_passe import MotDePasseDefinitif
from identity.domain.sessions import MotifFin
from identity.usecases.autorite import compte_vise
from identity.usecases.fin import finir
from identity.usecases.ouverture import preparer_provisoire
from identity.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Travail


def imposer_changement(travail: Travail[Depots], acces: Acces, outils: Outils, identifiant: str) -> None:
    """The Caf has somebody choose another password (convention: « imposer un changement de mot de passe »).

    Hers is worth nothing any more, her sessions end, a provisional one goes by mail.
    Raises CompteInconnu, SoiMeme, VoisinIndisponible.
    """
    with travail.acte("identity.mot-de-passe.reinitialise", acces) as acte:
        compte = compte_vise(travail, acte, acces, outils.habilitation, identifiant)
        neuf = preparer_provisoire(outils.coffre, acte.instant)
        acte.depots.comptes.imposer_mot_de_passe(compte.identifiant, neuf.mot, acte.instant)
        finir(acte, compte.identifiant, MotifFin.FERMEE_PAR_AUTORITE)
        lettre = mot_de_passe_impose(compte.personne, neuf.clair, neuf.expire_a)
        acte.depots.courriels.enfiler(lettre, acte.instant)


def renvoyer_provisoire(travail: Travail[Depots], acces: Acces, outils: Outils, identifiant: str) -> None:
    """Somebody who has not chosen her password yet gets another provisional one.

    Raises CompteInconnu, AccesRefuse, SoiMeme, MotDePasseDefinitif, VoisinIndisponible.
    """
    with travail.acte("identity.mot-de-passe.reinitialise", acces) as acte:
        compte = compte_vise(travail, acte, acces, outils.habilitation, identifiant)
        with travail.lecture() as depots:
            titulaire = depots.comptes.titulaire(compte.identifiant)
        if titulaire is None or not titulaire.mot.provisoire:
            raise MotDePasseDefinitif()
        neuf = preparer_provisoire(outils.coffre, acte.instant)
        if not acte.depots.comptes.remplacer_mot_de_passe(compte.identifiant, titulaire.mot, neuf.mot, acte.instant):
            raise MotDePasseDefinitif("mot_de_passe_change_entre_temps")
        lettre = mot_de_passe_renvoye(compte.personne, neuf.clair, neuf.expire_a)
        acte.depots.courriels.enfiler(lettre, acte.instant)
