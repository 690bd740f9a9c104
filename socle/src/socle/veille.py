"""Waking up when a database has changed, without a broker: on SQLite its `data_version`, elsewhere a sweep."""

import sqlite3
import time

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

PAS_S = 0.05
BALAYAGE_S = 0.2


class Veille:
    """Waits for a commit by another connection. One thread uses one Veille; closes with `fermer`."""

    def __init__(self, engine: Engine) -> None:
        self._sqlite = engine.dialect.name == "sqlite"
        self._connexion = engine.raw_connection()
        self._vu = self._version()

    def attendre(self, secondes: float) -> bool:
        """Wait until something was committed, or at most so long; whether something was, or may have been."""
        if not self._sqlite:
            time.sleep(max(0.0, min(secondes, BALAYAGE_S)))
            return secondes > 0
        fin = time.monotonic() + secondes
        while True:
            if (version := self._version()) != self._vu:
                self._vu = version
                return True
            if time.monotonic() >= fin:
                return False
            time.sleep(PAS_S)

    def fermer(self) -> None:
        """Give the connection back."""
        self._connexion.close()

    def _version(self) -> object:
        if not self._sqlite:
            return None
        curseur = self._connexion.cursor()
        try:
            curseur.execute("PRAGMA data_version")
            ligne = curseur.fetchone()
            return ligne and ligne[0]
        except sqlite3.Error as faute:
            raise OperationalError("PRAGMA data_version", None, faute) from None
        finally:
            curseur.close()
