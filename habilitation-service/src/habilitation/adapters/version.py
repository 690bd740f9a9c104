"""The version of the rights: one row, which every change takes first, so that changes follow one another."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from habilitation.adapters.tables import version

UN_PAS = timedelta(microseconds=1)


class Version:
    """The store of the version."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def lire(self) -> int:
        """See the port."""
        lue: int = self._connexion.execute(select(version.c.version)).scalar_one()
        return lue

    def prendre(self) -> None:
        """See the port. The row stays locked until the commit (on SQLite the whole database is)."""
        self._connexion.execute(select(version.c.version).with_for_update())

    def avancer(self, instant: datetime) -> tuple[int, datetime]:
        """See the port. The row stays locked until the commit (on SQLite the whole database is)."""
        suivante = update(version).values(version=version.c.version + 1)
        avant = self._connexion.execute(suivante.returning(version.c.version, version.c.instant)).one()
        retenu = max(instant, avant.instant + UN_PAS)
        self._connexion.execute(update(version).values(instant=retenu))
        return avant.version, retenu
