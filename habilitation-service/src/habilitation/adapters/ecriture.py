"""The two writes that a link knows: it is opened, and it is closed; and how it is read as of an instant."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, insert, or_, update
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
    valeurs = {"jusqu_a": trait.instant, "clos_par": trait.par, "clos_motif": trait.motif}
    return connexion.execute(cloture.values(valeurs)).rowcount


def ouvert(table: Table, a: datetime | None) -> ColumnElement[bool]:
    """The links that are open; with an instant, those that were then."""
    if a is None:
        return table.c.jusqu_a.is_(None)
    return and_(table.c.depuis <= a, or_(table.c.jusqu_a.is_(None), table.c.jusqu_a > a))


def trait_de(ligne: Row[Any]) -> Trait:
    """The stroke that opened this link."""
    return Trait(ligne.depuis, ligne.par, ligne.motif)
