"""Somebody logs in with identifiant and password, and a second factor where there is one."""

from identity.domain.courriels import connexion_inhabituelle
from identity.domain.sessions import nouveau_sid
from identity.usecases.emission import Jetons, preparer
from identity.usecases.ports import Depots, Outils
from identity.usecases.preuve import confirmer, prouver
from identity.usecases.second_facteur import consommer, exiger_l_enrolement, reconnaitre
from socle.acces import Acces
from socle.travail import Travail


def ouvrir_session(
    travail: Travail[Depots], acces: Acces, outils: Outils, identifiant: str, mot_de_passe: str, code: str | None
) -> Jetons:
    """Open a session and give its tokens; an address that is new for this account is told to its owner.

    Raises Temporisation, IdentifiantsErrones, MotDePasseAChanger (right, but provisional: no token),
    SecondFacteurRequis, SecondFacteurAEnroler, VoisinIndisponible.
    """
    with travail.acte("identity.session.ouverte", acces) as acte:
        preuve = prouver(travail, acte, acces, outils, identifiant, mot_de_passe)
        present = reconnaitre(travail, acte, outils, preuve, code)
        exiger_l_enrolement(travail, preuve, present)
        compte, sid, limite = preuve.compte, nouveau_sid(), acte.instant + outils.duree_session_max
        jetons = preparer(outils, acces, compte, sid, acte.instant, limite)
        consommer(acte, preuve, present)
        connue = confirmer(acte, acces, preuve)
        acte.depots.sessions.ouvrir(sid, compte.identifiant, acces.adresse, acte.instant, limite)
        acte.depots.sessions.emettre(sid, jetons.empreinte, acte.instant, jetons.expire_a)
        if not connue:
            lettre = connexion_inhabituelle(compte.personne, acces.adresse, acte.instant)
            acte.depots.courriels.enfiler(lettre, acte.instant)
        acte.note(session=sid)
        return jetons
