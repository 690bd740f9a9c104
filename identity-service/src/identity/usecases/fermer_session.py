"""A session ends: its owner logs out, or a refresh token that was used twice shows that it is not hers alone."""

from identity.domain.comptes import Compte
from identity.domain.sessions import MotifFin
from identity.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def fermer_session(travail: Travail[Depots], acces: Acces) -> None:
    """Close the session of this token; closing it again changes nothing."""
    with travail.acte("identity.session.fermee", acces) as acte:
        acte.depots.sessions.fermer(str(acces.session), MotifFin.DECONNEXION, acte.instant)


def fermer_session_compromise(travail: Travail[Depots], acces: Acces, compte: Compte, sid: str) -> None:
    """Close a session, and with it the whole family of its refresh tokens."""
    with travail.acte("identity.session.fermee", acces, session=sid) as acte:
        acte.note(**compte.references())
        acte.depots.sessions.fermer(sid, MotifFin.JETON_REJOUE, acte.instant)
