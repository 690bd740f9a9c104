"""One engine per service, opened so that nothing committed is lost.

Invariant everywhere: acts that write follow one another, unless the service says that its own may overlap; what
only reads sees one instant. On SQLite: WAL, `synchronous=FULL`, and a writing transaction takes its lock at once
(`BEGIN IMMEDIATE`): a deferred one that reads and then writes fails as "locked" in spite of the time-out. A file
that is gone, or is another one now, serves no longer: what would be committed to it is lost. Only a migration
makes a file. Values never stand in the text of a database's error.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.pool import QueuePool

from socle import postgresql

ATTENTE_VERROU_MS = postgresql.ATTENTE_VERROU_MS
PRAGMAS = (
    f"busy_timeout={ATTENTE_VERROU_MS}",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
)


class BaseAbsente(sqlite3.OperationalError):
    """There is no file yet: a migration makes it."""


def ouvrir(url: str, *, creer: bool = False, en_serie: bool = True) -> Engine:
    """Open the engine of a database; with `creer`, for a migration, a SQLite file and its folder are made.

    Without `en_serie` acts may overlap where the database can (PostgreSQL): then each takes the locks it needs.
    A SQLite address may end in `?mode=ro`.
    """
    adresse = make_url(url)
    if adresse.get_backend_name() == "postgresql":
        return postgresql.ouvrir(adresse, migration=creer, en_serie=en_serie)
    fichier, mode = Path(adresse.database or ""), "rwc" if creer else adresse.query.get("mode", "rw")
    if creer:
        fichier.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        "sqlite://",
        creator=lambda: _connecter(fichier, mode),
        poolclass=QueuePool,
        pool_size=24,
        max_overflow=8,
        hide_parameters=True,
    )
    _garder_le_fichier(engine, fichier)
    event.listen(engine, "begin", _commencer)
    return engine


@contextmanager
def lecture(engine: Engine) -> Iterator[Connection]:
    """A connection that only reads: it never waits for a writer, nor makes it wait, and sees one instant."""
    with engine.connect().execution_options(lecture=True) as connexion:
        yield connexion


def _connecter(fichier: Path, mode: object) -> sqlite3.Connection:
    try:
        connexion = sqlite3.connect(
            f"{fichier.absolute().as_uri()}?mode={mode}", uri=True, check_same_thread=False, isolation_level=None
        )
    except sqlite3.OperationalError:
        if fichier.exists():
            raise
        raise BaseAbsente() from None
    for pragma in PRAGMAS:
        connexion.execute(f"PRAGMA {pragma}")
    return connexion


def _garder_le_fichier(engine: Engine, fichier: Path) -> None:
    """Look, at each use and before each commit, whether the path still names the file that was opened."""

    def noter(_: Any, fiche: Any) -> None:
        fiche.info["inode"] = _inode(fichier)

    def exiger(_: Any, fiche: Any, __: Any) -> None:
        if fiche.info["inode"] != _inode(fichier):
            raise DisconnectionError()

    def exiger_encore(connexion: Connection) -> None:
        if connexion.connection.info["inode"] != _inode(fichier):
            raise OperationalError("COMMIT", None, FileNotFoundError())

    event.listen(engine, "connect", noter)
    event.listen(engine, "checkout", exiger)
    event.listen(engine, "commit", exiger_encore)


def _inode(fichier: Path) -> int | None:
    try:
        return fichier.stat().st_ino
    except OSError:
        return None


def _commencer(connexion: Connection) -> None:
    lit = connexion.get_execution_options().get("lecture")
    connexion.exec_driver_sql("BEGIN" if lit else "BEGIN IMMEDIATE")
