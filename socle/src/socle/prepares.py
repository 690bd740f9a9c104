"""Statements of the busy acts: written once in SQLAlchemy's Core, composed once, run by the driver (ADR 43).

Invariant: a statement goes past SQLAlchemy on a `Directe` alone, which has no transaction to miss. On SQLite, and
within an act that writes, the same statement goes SQLAlchemy's way, in the transaction that the engine began.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Select, Update
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from socle.directe import Directe

Lien = Connection | Directe
"""Where a statement is run."""
_DIALECTE = PGDialect_psycopg()  # type: ignore[no-untyped-call]


class Preparee:
    """One statement over plain columns (texts, numbers, bytes), its parameters given by name."""

    def __init__(self, instruction: Select[Any] | Insert | Update | Delete) -> None:
        self._instruction = instruction
        composee = instruction.compile(dialect=_DIALECTE)
        self._texte = str(composee)
        self._constantes = {nom: valeur for nom, valeur in composee.params.items() if valeur is not None}

    def une(self, lien: Lien, **parametres: Any) -> Sequence[Any] | None:
        """The one row of a key, or None. Raises SQLAlchemyError."""
        if isinstance(lien, Directe):
            ligne: Sequence[Any] | None = lien.executer(self._texte, self._constantes | parametres).fetchone()
            return ligne
        return lien.execute(self._instruction, parametres).one_or_none()

    def ecrire(self, lien: Lien, **parametres: Any) -> None:
        """Run it; on a `Directe` it is committed then. Raises SQLAlchemyError."""
        if isinstance(lien, Directe):
            lien.noter_un_commit()
            lien.executer(self._texte, self._constantes | parametres)
        else:
            lien.execute(self._instruction, parametres)


def ecrivable(lien: Lien) -> Connection:
    """For what writes: the connection of its transaction. Raises TypeError within an act that said it only reads."""
    if isinstance(lien, Directe):
        raise TypeError("an act that only reads has no transaction to write in")
    return lien
