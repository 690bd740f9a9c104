"""The lease of the relay: which one may rank and publish, so that one that was stopped for too long changes nothing.

Invariant: the lease is one row; whoever writes after a claim renews it in the same transaction, and what is no longer
his to renew undoes that transaction. Its end is a time of the database's clock: the clocks of two relays are never
compared. Whether a holder is dead is told by a lock that the system takes back from the dead, and that a stopped
process keeps: a dead one is followed at once, a stopped one when its lease is over.
"""

import contextlib
import fcntl
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from socle.database import lecture
from socle.postgresql import Presence

DUREE_S = 30.0

metadata = MetaData()
bail = Table(
    "outbox_bail",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("porteur", String(32)),
    Column("jusqu_a", Float, nullable=False),
)


class BailPerdu(Exception):
    """Another relay has the lease: what this one was about to write is undone."""


class _horloge(FunctionElement[float]):
    """The database's own time of the epoch, in seconds, now, not when its transaction began."""

    type = Float()
    inherit_cache = True


@compiles(_horloge, "postgresql")
def _sur_postgresql(*_: Any, **__: Any) -> str:
    return "extract(epoch FROM clock_timestamp())"


@compiles(_horloge, "sqlite")
def _sur_sqlite(*_: Any, **__: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


class Bail:
    """The lease as one relay sees it; its threads share it."""

    def __init__(self, engine: Engine, duree_s: float = DUREE_S) -> None:
        self._engine = engine
        self._duree_s = duree_s
        self._porteur = uuid4().hex
        self._tenu = self._succede = False
        self._presence: _Verrou | Presence = _Verrou(engine) if engine.dialect.name == "sqlite" else Presence(engine)
        self._un_a_la_fois = threading.Lock()

    def prendre(self) -> bool:
        """Whether this relay has the lease, as far as it knows, or could take it just now.

        Nothing is written where another has it: a commit would wake those that wait, this one included.
        """
        if self._tenu:
            return True
        with self._un_a_la_fois:
            self._succede = self._presence.commencer() or self._succede
            a_nous = or_(bail.c.porteur == self._porteur, bail.c.jusqu_a <= _horloge())
            libre = true() if self._succede else a_nous  # alive, whoever had it would still be present
            with lecture(self._engine) as connexion:
                prenable = connexion.execute(select(bail.c.id).where(libre)).scalar() is not None
            if prenable:
                with self._engine.begin() as connexion:
                    pris = self._ecrire(connexion, libre)
                self._tenu, self._succede = pris, False
            return self._tenu

    def renouveler(self, connexion: Connection) -> None:
        """First in each transaction that writes after a claim: until it ends nobody else takes the lease.

        Raises BailPerdu, which is to undo the transaction.
        """
        if not self._ecrire(connexion, bail.c.porteur == self._porteur):
            self._tenu = False
            raise BailPerdu()

    def rendre(self) -> None:
        """Stopped in order: the next one need not wait."""
        with contextlib.suppress(SQLAlchemyError):  # it ends by itself
            if self._tenu:
                with self._engine.begin() as connexion:
                    connexion.execute(update(bail).where(bail.c.porteur == self._porteur).values(jusqu_a=0.0))
        self._tenu = False
        self._presence.fermer()

    def _ecrire(self, connexion: Connection, condition: ColumnElement[bool]) -> bool:
        valeurs = {"porteur": self._porteur, "jusqu_a": _horloge() + self._duree_s}
        return connexion.execute(update(bail).where(condition).values(valeurs)).rowcount == 1


class _Verrou:
    """On SQLite: a lock on a file beside the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._fichier: Any = None

    def commencer(self) -> bool:
        """Whether it was got just now; it is kept until the process ends."""
        if self._fichier is not None:
            return False
        with lecture(self._engine) as connexion:
            base = connexion.exec_driver_sql("PRAGMA database_list").all()[0][2]
        fichier = Path(f"{base}-relais").open("ab")  # noqa: SIM115 -- it is the lock
        try:
            fcntl.flock(fichier, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            fichier.close()
            return False
        self._fichier = fichier
        return True

    def fermer(self) -> None:
        """Let go of it."""
        if self._fichier is not None:
            self._fichier.close()
            self._fichier = None
