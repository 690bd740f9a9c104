"""Somebody looks at her sessions under way."""

from identity.domain.sessions import SessionOuverte
from identity.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def lire_mes_sessions(travail: Travail[Depots], acces: Acces) -> list[SessionOuverte]:
    """The sessions under way of who asks, the newest first."""
    with travail.acte("identity.sessions.lues", acces, objet=acces.sujet) as acte:
        return acte.depots.sessions.ouvertes(str(acces.sujet), acte.instant)
