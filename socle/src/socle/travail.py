"""The unit of work: one act, one transaction, exactly one event, whichever way the block is left.

Invariant (law 2): when the block is left, the event is committed with its act, or `TraceImpossible` is
raised and nothing else may be answered. A refused or failed act is rolled back; its event still commits.
The transaction begins at the first use of the stores: what comes before (a password check, a call to a
neighbour) holds no lock.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from uuid_utils.compat import uuid7

from socle.acces import Acces, Groupe
from socle.database import lecture
from socle.directe import Directe
from socle.evenement import ACCORDE, ECHEC, composer
from socle.mesures import evenement
from socle.outbox import inscrire
from socle.prepares import Lien
from socle.refus import Refus

FRANCE = ZoneInfo("Europe/Paris")
D = TypeVar("D")
logger = logging.getLogger(__name__)


class TraceImpossible(Refus):
    """The event could not be committed: no data may leave (answered 503)."""

    code = "trace-impossible"


def maintenant() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def jour_de(instant: datetime) -> date:
    """The day of an instant, as the calendar of mainland France has it: rights begin and end on such days."""
    return instant.astimezone(FRANCE).date()


@dataclass(frozen=True)
class Travail(Generic[D]):
    """Opens the acts of a service. `depots` binds the service's stores to a connection, and `depots_directs`, where
    there is one, to a connection past SQLAlchemy, for acts that only read."""

    engine: Engine
    source: str
    depots: Callable[[Connection], D]
    horloge: Callable[[], datetime] = maintenant
    recus: list[str] | None = None
    depots_directs: Callable[[Directe], D] | None = None

    def pour_une_requete(self) -> "Travail[D]":
        """The same, with a fresh list of the receipts that the request's acts leave."""
        return Travail(self.engine, self.source, self.depots, self.horloge, [], self.depots_directs)

    @contextmanager
    def lecture(self) -> Iterator[D]:
        """Read without an act: for what is nobody's data, or inside an act that must hold no lock yet."""
        with lecture(self.engine) as connexion:
            yield self.depots(connexion)

    @contextmanager
    def acte(self, type: str, acces: Acces, groupe: Groupe | None = None, **notes: Any) -> Iterator["Acte[D]"]:
        """Open the one act of a use case; `notes` are fields of the event known from the start.

        Leaving normally commits as `accorde`; a `Refus` commits as `refuse` with its cause and goes on up
        with its receipt; anything else commits as `echec` and goes on up.
        Raises TraceImpossible if the commit fails.
        """
        acte: Acte[D] = Acte(self, type, acces, groupe, notes)
        try:
            yield acte
        except Refus as refus:
            refus.recu = acte.conclure(refus.issue, refus.cause)
            raise
        except Exception as faute:
            acte.conclure(ECHEC, faute.__class__.__name__)
            raise
        except BaseException:
            acte.abandonner()
            raise
        else:
            acte.conclure(ACCORDE, None)


class Acte(Generic[D]):
    """One act under way: its stores, its instant, and what its event will say."""

    def __init__(
        self, travail: Travail[D], type: str, acces: Acces, groupe: Groupe | None, notes: dict[str, Any]
    ) -> None:
        self._travail = travail
        self._type = type
        self._acces = acces
        self._groupe = groupe
        self._notes = notes
        self._connexion: Connection | None = None
        self._directe: Directe | None = None
        self._depots: D | None = None
        self._rompu = False
        self.id = uuid7()
        self.recu = str(self.id)
        """The receipt: the id of the event that this act leaves."""
        self.instant = travail.horloge()

    @property
    def jour(self) -> date:
        """The day of the act."""
        return jour_de(self.instant)

    @property
    def depots(self) -> D:
        """The stores, in the transaction of this act, which begins here."""
        if self._depots is None:
            connexion = self._ouvrir()
            connexion.begin_nested()
            self._depots = self._travail.depots(connexion)
        return self._depots

    @property
    def a_lire(self) -> D:
        """The same for an act that reads and writes nothing but its event: there is nothing to take back, and on
        PostgreSQL no transaction either, since the event is committed by itself (ADR 36, ADR 43)."""
        if self._depots is None:
            lies, engine = self._travail.depots_directs, self._travail.engine
            if lies is not None and engine.dialect.name == "postgresql":
                self._rompu = True
                self._directe = Directe(engine)
                self._rompu = False
                self._depots = lies(self._directe)
            else:
                self._depots = self._travail.depots(self._ouvrir())
        return self._depots

    def acquis(self) -> None:
        """What was written so far stays, even if the act is refused after all: a count of failures, say."""
        if self._connexion is not None and (savepoint := self._connexion.get_nested_transaction()):
            savepoint.commit()
            self._connexion.begin_nested()

    def note(self, **notes: Any) -> None:
        """Say more in the event: `dossier`, `rubrique`, `consultation`, `objet`, `sujet` …"""
        self._notes.update(notes)

    def au_titre_de(self, groupe: Groupe) -> None:
        """Name the group under which the act is done."""
        self._groupe = groupe

    def conclure(self, issue: str, cause: str | None) -> str:
        """Write the event and commit; the receipt. Called by `Travail.acte` alone.

        Raises TraceImpossible, having let go of everything.
        """
        if self._rompu:
            self.abandonner()
            raise TraceImpossible()
        try:
            if self._directe is not None:
                self._inscrire(self._directe, issue, cause)
                self._directe.rendre()
            else:
                connexion = self._a_ecrire(issue)
                self._inscrire(connexion, issue, cause)
                connexion.commit()
                connexion.close()
        except SQLAlchemyError as faute:
            logger.error("trace impossible", extra={"faute": faute.__class__.__name__, "acte": self._acces.acte})
            self.abandonner()
            raise TraceImpossible() from None
        except BaseException:
            self.abandonner()
            raise
        if self._travail.recus is not None:
            self._travail.recus.append(self.recu)
        evenement(self._travail.source, self._type, issue).inc()
        return self.recu

    def abandonner(self) -> None:
        """Let go of the connection; what it had not committed is gone."""
        if self._directe is not None:
            self._directe.abandonner()
            self._directe = None
        if self._connexion is not None:
            self._connexion.invalidate()
            self._connexion.close()
            self._connexion = None

    def _ouvrir(self) -> Connection:
        """The connection of the act, its transaction begun; where that failed once it is not tried again."""
        if self._connexion is None:
            self._rompu = True
            self._connexion = self._travail.engine.connect()
            self._connexion.begin()
            self._rompu = False
        return self._connexion

    def _a_ecrire(self, issue: str) -> Connection:
        """The same for the event, what must be taken back being so."""
        connexion = self._ouvrir()
        savepoint = connexion.get_nested_transaction()
        if savepoint is not None:
            savepoint.commit() if issue == ACCORDE else savepoint.rollback()
        elif issue != ACCORDE:  # nothing to take back; but PostgreSQL does nothing more after a read that failed
            connexion.rollback()
            connexion.begin()
        return connexion

    def _inscrire(self, lien: Lien, issue: str, cause: str | None) -> None:
        inscrire(lien, self.recu, self._composer(issue, cause), self.instant.timestamp())

    def _composer(self, issue: str, cause: str | None) -> bytes:
        return composer(
            id=self.id,
            source=self._travail.source,
            type=self._type,
            instant=self.instant,
            acces=self._acces,
            groupe=self._groupe,
            issue=issue,
            cause=cause,
            notes=self._notes,
        )
