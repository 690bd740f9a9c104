"""The end of sessions, which many acts bring about: closed, and told to the gateway, in the transaction of the act."""

from identity.domain.sessions import MotifFin
from identity.usecases.ports import Depots
from socle.travail import Acte


def finir(acte: Acte[Depots], identifiant: str, motif: MotifFin, sid: str | None = None) -> list[str]:
    """End that session of an account, or all of them; the names of those that were open."""
    sids = acte.depots.sessions.fermer(identifiant, sid, motif, acte.instant)
    acte.depots.revocations.inscrire(sids)
    return sids
