"""The two writes that a link knows: it is opened, and it is closed."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, insert, update
from uuid_utils.compat import uuid7

from habilitation.domain.liens import Trait


def identifier() -> str:
    """A new id."""
    return str(uuid7())


def ouvrir(connexion: Connection, table: Table, trait: Trait, **valeurs: Any) -> None:
    """Insert an open link. Raises IntegrityError."""
    ligne = {"depuis": trait.instant, "par": trait.par, "motif": trait.motif, **valeurs}
    connexion.execute(insert(table).values(ligne))


def clore(connexion: Connection, table: Table, trait: Trait, *conditions: ColumnElement[bool]) -> int:
    """Close the open links that meet the conditions; how many there were."""
    cloture = update(table).where(table.c.jusqu_a.is_(None), *conditions)
    return connexion.execute(cloture.values(jusqu_a=trait.instant, clos_par=trait.par)).rowcount
