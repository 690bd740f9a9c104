"""The same promises on PostgreSQL: bounded waits, acts that write one after the other, and waking at a commit.

Invariant: a transaction that may write holds one advisory lock of its database from its begin (as `BEGIN
IMMEDIATE` does on SQLite), unless the engine was opened for acts that overlap; one that reads sees one snapshot.
What a stalled process holds is taken from it by the server. A wake-up that is lost costs a sweep, nothing else.
"""

import math
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.exc import DisconnectionError, IntegrityError, OperationalError

from socle.directe import COMMIS, directe, dite
from socle.secret import SecretIllisible, essais

CONNEXION_S = 3
ATTENTE_VERROU_MS = 4_000
REQUETE_MS = 10_000
IMMOBILE_MS = 15_000
PLACES = 24
OISIVE_S = 1.0
SERIE = 1
MIGRATION = 2
RELAIS = 3
CANAL = "mcp_commis"
FICHIER = "fichier"
"""In the query of an address: the file of the password."""
INSTANTANE = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


class SansSecret(psycopg.OperationalError):
    """The file of the password cannot be read."""


def ouvrir(adresse: URL, *, migration: bool = False, en_serie: bool = True) -> Engine:
    """Open the engine. A migration is not bounded in time: it may have to rewrite a table."""
    bornes = {
        "lock_timeout": ATTENTE_VERROU_MS,
        "idle_in_transaction_session_timeout": IMMOBILE_MS,
        "statement_timeout": 0 if migration else REQUETE_MS,
    }
    secret = adresse.query.get(FICHIER)
    engine = create_engine(
        adresse.set(drivername="postgresql+psycopg").difference_update_query([FICHIER]),
        pool_size=PLACES,
        max_overflow=8,
        pool_timeout=CONNEXION_S,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNEXION_S,
            "options": " ".join(f"-c {nom}={valeur}" for nom, valeur in bornes.items()),
        },
    )
    if isinstance(secret, str):
        event.listen(engine, "do_connect", _prouver(Path(secret)))
    verrou = f"SELECT pg_advisory_xact_lock({MIGRATION if migration else SERIE})" if en_serie or migration else None

    def commencer(connexion: Connection) -> None:
        if connexion.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            return  # there is no transaction in which a lock or a snapshot would last
        ordre = INSTANTANE if connexion.get_execution_options().get("lecture") else verrou
        if ordre:
            # On the driver's own cursor: with `stream_results` SQLAlchemy would declare a server's cursor for it.
            curseur = connexion.connection.cursor()
            curseur.execute(ordre)
            curseur.close()

    event.listen(engine, "begin", commencer)
    _essayer_les_oisives(engine)
    reveil = _Reveil(engine)
    event.listen(engine, "commit", reveil.retenir)
    event.listen(engine, "checkin", reveil.sonner)
    return engine


def _prouver(secret: Path) -> Callable[..., Any]:
    """Connect with the password as its file has it at that moment; while it is being turned, with either."""

    def connecter(dialecte: Any, _: Any, arguments: Any, options: dict[str, Any]) -> Any:
        refus: psycopg.OperationalError | None = None
        try:
            for mot in essais(secret):
                try:
                    return dialecte.connect(*arguments, **options, password=mot)
                except psycopg.OperationalError as faute:
                    refus = faute
        except SecretIllisible:
            refus = SansSecret("secret illisible")
        raise refus or psycopg.OperationalError()

    return connecter


def _essayer_les_oisives(engine: Engine) -> None:
    """Try a connection before it is used, unless it was just now: `pool_pre_ping` asks before every act."""

    def noter(_: Any, fiche: Any) -> None:
        fiche.info["rendue_a"] = time.monotonic()

    def essayer(connexion: Any, fiche: Any, _: Any) -> None:
        if time.monotonic() - fiche.info.get("rendue_a", math.inf) > OISIVE_S:
            try:
                engine.dialect.do_ping(connexion)
            except psycopg.Error:
                raise DisconnectionError() from None

    event.listen(engine, "checkin", noter)
    event.listen(engine, "checkout", essayer)


def copier(connexion: Connection, table: Table, colonnes: Sequence[str], lignes: Iterable[Sequence[Any]]) -> None:
    """Add rows by COPY, which costs a third of an INSERT, in the transaction of this connection.

    It goes past SQLAlchemy, which has not begun that transaction before its first statement: it is begun here, with
    the locks and bounds that belong to it. Raises IntegrityError or OperationalError, without a value in the text.
    """
    if not connexion.in_transaction():
        connexion.begin()
    pilote: psycopg.Connection[Any] = connexion.connection.driver_connection  # type: ignore[assignment]
    noms = sql.SQL(", ").join(map(sql.Identifier, colonnes))
    ordre = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), noms)
    try:
        with pilote.cursor() as curseur, curseur.copy(ordre) as copie:
            for ligne in lignes:
                copie.write_row(ligne)
    except psycopg.IntegrityError as faute:
        raise IntegrityError("COPY", None, type(faute)()) from None
    except psycopg.Error as faute:
        raise OperationalError("COPY", None, type(faute)()) from None
    except UnicodeError:  # half a character: the driver's own fault would hold the text
        raise OperationalError("COPY", None, psycopg.DataError()) from None


class Ecoute:
    """Waits for a commit by another connection of the house."""

    def __init__(self, engine: Engine) -> None:
        with dite():
            self._connexion = _a_part(engine)
            self._connexion.execute(f"LISTEN {CANAL}")

    def attendre(self, secondes: float) -> bool:
        """Until something was committed, or at most so long; whether something was. Raises OperationalError."""
        with dite():
            entendus = list(self._connexion.notifies(timeout=max(0.0, secondes), stop_after=1))
        return bool(entendus)

    def fermer(self) -> None:
        """Close the connection."""
        self._connexion.close()


class Presence:
    """A lock that the server takes back from a relay that is dead, and leaves to one that is only stopped."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connexion: psycopg.Connection[Any] | None = None
        self._tenue = False

    def commencer(self) -> bool:
        """Whether it was got just now; it is kept as long as its connection. Raises OperationalError."""
        with dite():
            try:
                if self._connexion is None:
                    self._connexion, self._tenue = _a_part(self._engine), False
                if self._tenue:
                    self._connexion.execute("SELECT 1")  # a lock dies with its connection
                    return False
                ligne = self._connexion.execute(f"SELECT pg_try_advisory_lock({RELAIS})").fetchone()
            except psycopg.Error:
                self.fermer()
                raise
        self._tenue = bool(ligne and ligne[0])
        return self._tenue

    def fermer(self) -> None:
        """Close the connection, and with it let go of the lock."""
        if self._connexion is not None:
            self._connexion.close()
            self._connexion = None


def _a_part(engine: Engine) -> "psycopg.Connection[Any]":
    """A connection of its own, outside of the pool, each statement of which is a transaction. Raises psycopg.Error."""
    prise = engine.raw_connection()
    pilote: psycopg.Connection[Any] = prise.driver_connection  # type: ignore[assignment]
    prise.detach()
    pilote.rollback()
    pilote.autocommit = True
    return pilote


class _Reveil:
    """Tells, after commits, those that listen: one NOTIFY for all the commits of a moment.

    It is a transaction of its own: a NOTIFY inside the act would make every commit wait for every other.
    """

    PAUSE_S = 0.01

    def __init__(self, engine: Engine) -> None:
        self._engine = weakref.ref(engine)
        self._a_dire = threading.Event()
        self._debut = threading.Lock()
        self._fil: threading.Thread | None = None
        weakref.finalize(engine, self._a_dire.set)

    def retenir(self, connexion: Connection) -> None:
        """Called before the commit: it may take longer than any pause, and nothing is to be seen until then."""
        if not connexion.get_execution_options().get("lecture"):
            connexion.info[COMMIS] = True

    def sonner(self, _: Any, fiche: Any) -> None:
        """Called as a connection goes back to the pool: what it was to commit is committed, or never will be."""
        if not fiche.info.pop(COMMIS, False):
            return
        self._a_dire.set()
        if self._fil is None:
            with self._debut:
                if self._fil is None:
                    self._fil = threading.Thread(target=self._dire, daemon=True)
                    self._fil.start()

    def _dire(self) -> None:
        while True:
            self._a_dire.wait()
            time.sleep(self.PAUSE_S)
            self._a_dire.clear()
            engine = self._engine()
            if engine is None:
                return
            try:
                with directe(engine) as connexion:
                    connexion.executer(f"NOTIFY {CANAL}", {})
            except Exception:  # noqa: BLE001 -- the database is away: those that listen know it, and sweep
                time.sleep(1.0)
            del engine
