"""The version of the rights: one row, which every change takes first, so that changes follow one another."""

from datetime import datetime

from sqlalchemy import Connection, case, literal, select, update

from habilitation.adapters.colonnes import Instant
from habilitation.adapters.tables import version


class Version:
    """The store of the version."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def lire(self) -> int:
        """See the port."""
        lue: int = self._connexion.execute(select(version.c.version)).scalar_one()
        return lue

    def avancer(self, instant: datetime) -> datetime:
        """See the port. The row stays locked until the commit (on SQLite the whole database is)."""
        voulu = literal(instant, Instant)
        plus_tard = case((version.c.instant < voulu, voulu), else_=version.c.instant)
        suivante = update(version).values(version=version.c.version + 1, instant=plus_tard)
        retenu: datetime = self._connexion.execute(suivante.returning(version.c.instant)).scalar_one()
        return retenu
