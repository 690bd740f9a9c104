"""Somebody logs in with identifiant and password."""

from identity.domain.mots_de_passe import IdentifiantsErrones, MotDePasseAChanger
from identity.domain.sessions import nouveau_sid
from identity.usecases.emission import Jetons, preparer
from identity.usecases.ports import Depots, Outils
from identity.usecases.preuve import prouver
from socle.acces import Acces
from socle.travail import Travail


def ouvrir_session(
    travail: Travail[Depots], acces: Acces, outils: Outils, identifiant: str, mot_de_passe: str
) -> Jetons:
    """Open a session and give its tokens.

    Raises IdentifiantsErrones, MotDePasseAChanger (right, but provisional: no token), VoisinIndisponible.
    """
    with travail.acte("identity.session.ouverte", acces) as acte:
        compte, mot = prouver(travail, acte, outils.coffre, identifiant, mot_de_passe)
        if mot.provisoire:
            raise MotDePasseAChanger()
        sid = nouveau_sid()
        jetons = preparer(outils, acces, compte, sid, acte.instant)
        if not acte.depots.comptes.est_en_vigueur(compte.identifiant, mot):
            raise IdentifiantsErrones("mot_de_passe_change_entre_temps")
        acte.depots.sessions.ouvrir(sid, compte.identifiant, acte.instant)
        acte.depots.sessions.emettre(sid, jetons.empreinte, acte.instant, jetons.expire_a)
        acte.note(session=sid)
        return jetons
