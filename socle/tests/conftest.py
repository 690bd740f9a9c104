"""A database with an outbox, and a unit of work over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert, text

from atelier.bases import nouvelle_base
from socle import bail, outbox
from socle.database import ouvrir
from socle.travail import Travail


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database, with one table of our own beside the outbox."""
    base = ouvrir(nouvelle_base(tmp_path / "essai.sqlite"), creer=True)
    for tables in (outbox.metadata, bail.metadata):
        tables.create_all(base)
    with base.begin() as connexion:
        connexion.execute(insert(bail.bail).values(id=1, jusqu_a=0.0))
        connexion.execute(insert(outbox.tete).values(id=1, rang=0, empreinte=outbox.ORIGINE))
        connexion.execute(text("CREATE TABLE notes (texte TEXT UNIQUE)"))
    yield base
    base.dispose()


class Notes:
    """A store of the tests."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def ecrire(self, texte: str) -> None:
        self._connexion.execute(text("INSERT INTO notes VALUES (:t)"), {"t": texte})

    def toutes(self) -> list[str]:
        return list(self._connexion.execute(text("SELECT texte FROM notes")).scalars())


@pytest.fixture
def travail(engine: Engine) -> Travail[Notes]:
    """The unit of work of a source called cdap."""
    return Travail(engine, "cdap", Notes)
