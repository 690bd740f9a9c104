"""What was done under which idempotency key: once, by the primary key."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select

from habilitation.adapters import bornes
from habilitation.adapters.tables import envois
from habilitation.domain.envois import Fait
from habilitation.domain.refus import DejaExistant
from socle.database import lecture

GARDE = timedelta(hours=24)


class Envois:
    """The store of keys."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def fait(self, sujet: str, cle: str) -> Fait | None:
        """See the port."""
        ligne = self._connexion.execute(
            select(envois).where(envois.c.sujet == sujet, envois.c.cle == cle)
        ).one_or_none()
        return None if ligne is None else Fait(ligne.empreinte, ligne.reference, ligne.instant)

    def retenir(self, sujet: str, cle: str, fait: Fait) -> None:
        """See the port."""
        ligne = {"empreinte": fait.empreinte, "reference": fait.reference, "instant": fait.instant}
        with bornes.sous({bornes.ENVOI: DejaExistant}):
            self._connexion.execute(insert(envois).values(sujet=sujet, cle=cle, **ligne))


def oublier(engine: Engine, maintenant: datetime) -> None:
    """A chore: forget the keys that are older than a day."""
    vieux = envois.c.instant < maintenant - GARDE
    with lecture(engine) as connexion:
        a_faire = connexion.execute(select(envois.c.cle).where(vieux).limit(1)).first()
    if a_faire is not None:
        with engine.begin() as connexion:
            connexion.execute(delete(envois).where(vieux))
