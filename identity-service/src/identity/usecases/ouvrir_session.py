"""Somebody logs in with identifiant and password, and a second factor where there is one."""

from identity.usecases.connexion import faire_entrer, reconnaitre_l_entrant
from identity.usecases.emission import Jetons, preparer
from identity.usecases.ports import Depots, Outils
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
        entrant = reconnaitre_l_entrant(travail, acte, acces, outils, identifiant, mot_de_passe, code)
        jetons = preparer(outils, acces, entrant.compte, entrant.sid, acte.instant, entrant.limite)
        faire_entrer(acte, acces, entrant)
        acte.depots.sessions.emettre(entrant.sid, jetons.empreinte, acte.instant, jetons.expire_a)
        return jetons
