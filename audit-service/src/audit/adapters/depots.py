"""The stores of audit, bound to a connection; and the transactions that are nobody's act."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

from audit.adapters.alarmes import AlarmesSql
from audit.adapters.journal import JournalSql
from audit.adapters.supervision import SupervisionSql
from socle import database


class DepotsSql:
    """The stores of one transaction."""

    def __init__(self, connexion: Connection) -> None:
        self.journal = JournalSql(connexion)
        self.alarmes = AlarmesSql(connexion)
        self.supervision = SupervisionSql(connexion)


class RegistreSql:
    """Opens transactions on the journal's database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def ecriture(self) -> Iterator[DepotsSql]:
        """One transaction, committed if the block is left normally."""
        with self._engine.begin() as connexion:
            yield DepotsSql(connexion)

    @contextmanager
    def lecture(self) -> Iterator[DepotsSql]:
        """One transaction that only reads."""
        with database.lecture(self._engine) as connexion:
            yield DepotsSql(connexion)
