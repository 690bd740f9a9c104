"""Waking up when a database has changed, without a broker: on SQLite its `data_version`, elsewhere a NOTIFY."""

import sqlite3
import time

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from socle.postgresql import Ecoute

PAS_S = 0.05
BALAYAGE_S = 0.5


class Veille:
    """Waits for a commit by another connection. One thread uses one Veille; closes with `fermer`."""

    def __init__(self, engine: Engine) -> None:
        self._regard = _Regard(engine) if engine.dialect.name == "sqlite" else Ecoute(engine)

    def attendre(self, secondes: float) -> bool:
        """Wait until something was committed, or at most so long; whether something was, or may have been."""
        if secondes <= 0:
            return False
        # A NOTIFY dies with the process that was to send it: who waits looks again, whether he was told or not.
        borne = secondes if isinstance(self._regard, _Regard) else min(secondes, BALAYAGE_S)
        return self._regard.attendre(borne) or borne < secondes

    def fermer(self) -> None:
        """Give the connection back."""
        self._regard.fermer()


class _Regard:
    """Looks at the number that SQLite changes with each commit of another connection."""

    def __init__(self, engine: Engine) -> None:
        self._connexion = engine.raw_connection()
        self._vu = self._version()

    def attendre(self, secondes: float) -> bool:
        fin = time.monotonic() + secondes
        while True:
            if (version := self._version()) != self._vu:
                self._vu = version
                return True
            if time.monotonic() >= fin:
                return False
            time.sleep(PAS_S)

    def fermer(self) -> None:
        self._connexion.close()

    def _version(self) -> object:
        curseur = self._connexion.cursor()
        try:
            curseur.execute("PRAGMA data_version")
            ligne = curseur.fetchone()
            return ligne and ligne[0]
        except sqlite3.Error as faute:
            raise OperationalError("PRAGMA data_version", None, faute) from None
        finally:
            curseur.close()
