"""A connection of the pool used past SQLAlchemy, on PostgreSQL: each statement is a transaction by itself (ADR 43).

Invariant: it is in autocommit from the moment it is taken until it is given back, so that nothing on it can stand
before a BEGIN, or in a transaction that nobody commits. The driver's faults come out as SQLAlchemy's, without text.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, cast

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

COMMIS = "mcp_commis"
"""Noted with a connection that has committed something, for those who are to be woken (`socle.postgresql`)."""
_CURSEURS = "mcp_curseurs"


class Directe:
    """One connection, taken until `rendre` or `abandonner`. Raises SQLAlchemyError where none can be had."""

    def __init__(self, engine: Engine) -> None:
        self._pool = engine.pool
        with dite():
            self._prise: PoolProxiedConnection = engine.raw_connection()
            self._pilote = cast("psycopg.Connection[Any]", self._prise.driver_connection)
            try:
                self._pilote.autocommit = True
            except psycopg.Error:
                self.abandonner()
                raise
        self._curseurs: dict[str, psycopg.Cursor[Any]] = self._prise.info.setdefault(_CURSEURS, {})

    def executer(self, texte: str, parametres: Mapping[str, Any]) -> psycopg.Cursor[Any]:
        """Run a statement; its cursor is kept with the connection, and psycopg prepares what comes back often.

        Raises DBAPIError; a connection that was lost takes with it those of its age, as SQLAlchemy has it.
        """
        try:
            curseur = self._curseurs.get(texte)
            if curseur is None:
                curseur = self._curseurs[texte] = self._pilote.cursor(binary=True)
            return curseur.execute(texte, parametres)
        except psycopg.Error as faute:
            if self._pilote.closed:
                self._pool._invalidate(self._prise, faute)
            _dire(faute)

    def noter_un_commit(self) -> None:
        """Have those woken who wait for one; to be called before."""
        self._prise.info[COMMIS] = True

    def rendre(self) -> None:
        """Give it back as it was."""
        with suppress(psycopg.Error):  # it is lost: the pool sees that for itself
            self._pilote.autocommit = False
        self._prise.close()

    def abandonner(self) -> None:
        """Let go of it for good."""
        if self._prise.is_valid:
            self._prise.invalidate()
        self._prise.close()


@contextmanager
def directe(engine: Engine) -> Iterator[Directe]:
    """One for the time of a block."""
    prise = Directe(engine)
    try:
        yield prise
    finally:
        prise.rendre()


@contextmanager
def dite() -> Iterator[None]:
    """Turn the driver's fault into SQLAlchemy's."""
    try:
        yield
    except psycopg.Error as faute:
        _dire(faute)


def _dire(faute: psycopg.Error) -> NoReturn:
    """Raise SQLAlchemy's fault of that kind. Its text is left behind: it may hold what was to be written."""
    raise DBAPIError.instance("", None, type(faute)(pgconn=faute.pgconn), psycopg.Error, hide_parameters=True) from None
