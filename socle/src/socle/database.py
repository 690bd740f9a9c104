"""One engine per service, opened so that nothing committed is lost.

Invariant on SQLite: WAL, `synchronous=FULL`, and a writing transaction takes its lock at once
(`BEGIN IMMEDIATE`): a deferred one that reads and then writes fails as "locked" in spite of the time-out.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

ATTENTE_VERROU_MS = 4_000


def ouvrir(url: str) -> Engine:
    """Open the engine of a database; for SQLite the folder is made if it is missing."""
    adresse = make_url(url)
    if adresse.get_backend_name() != "sqlite":
        return create_engine(adresse, pool_pre_ping=True)
    if adresse.database:
        Path(adresse.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(adresse, pool_size=24, max_overflow=8)
    event.listen(engine, "connect", _preparer)
    event.listen(engine, "begin", _commencer)
    return engine


@contextmanager
def lecture(engine: Engine) -> Iterator[Connection]:
    """A connection that only reads: on SQLite it never waits for the writer, nor makes it wait."""
    with engine.connect().execution_options(lecture=True) as connexion:
        yield connexion


def _preparer(connexion: sqlite3.Connection, _: Any) -> None:
    connexion.isolation_level = None
    curseur = connexion.cursor()
    for pragma in (
        f"busy_timeout={ATTENTE_VERROU_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        curseur.execute(f"PRAGMA {pragma}")
    curseur.close()


def _commencer(connexion: Connection) -> None:
    lit = connexion.get_execution_options().get("lecture")
    connexion.exec_driver_sql("BEGIN" if lit else "BEGIN IMMEDIATE")
