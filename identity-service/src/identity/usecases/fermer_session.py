"""Sessions end: by who owns them, one or this one, or all of somebody's by who has authority over her."""

from identity.domain.sessions import MotifFin, SessionInconnue
from identity.usecases.autorite import compte_vise
from identity.usecases.fin import finir
from identity.usecases.ports import Depots, Outils
from socle.acces import Acces
from socle.travail import Travail


def fermer_session(travail: Travail[Depots], acces: Acces) -> None:
    """Close the session of this token; closing it again changes nothing."""
    with travail.acte("identity.session.fermee", acces) as acte:
        finir(acte, str(acces.sujet), MotifFin.DECONNEXION, str(acces.session))


def fermer_une_session(travail: Travail[Depots], acces: Acces, sid: str) -> None:
    """Close one of one's own sessions. Raises SessionInconnue."""
    with travail.acte("identity.session.fermee", acces) as acte:
        if not finir(acte, str(acces.sujet), MotifFin.FERMEE_PAR_ELLE, sid):
            raise SessionInconnue("session_inconnue")
        acte.note(objet=sid)


def fermer_les_sessions(travail: Travail[Depots], acces: Acces, outils: Outils, identifiant: str) -> None:
    """Close every session of somebody. Raises CompteInconnu, AccesRefuse, SoiMeme, VoisinIndisponible."""
    with travail.acte("identity.session.fermee", acces) as acte:
        compte = compte_vise(travail, acte, acces, outils.habilitation, identifiant)
        finir(acte, compte.identifiant, MotifFin.FERMEE_PAR_AUTORITE)
