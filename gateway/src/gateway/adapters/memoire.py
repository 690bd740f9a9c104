"""The gateway's own copy of the feeds of revocations, so that it starts right with their services away.

Invariant: entries and cursor are written in one transaction: what was not kept is asked for again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Engine, Float, MetaData, String, Table, Text, delete, insert, select

from socle.database import lecture

metadata = MetaData()
revocations = Table(
    "revocations",
    metadata,
    Column("source", String(32), primary_key=True),
    Column("numero", BigInteger, primary_key=True, autoincrement=False),
    Column("recu_a", Float, nullable=False),
    Column("contenu", Text, nullable=False),
)
fils_suivis = Table(
    "fils_suivis",
    metadata,
    Column("source", String(32), primary_key=True),
    Column("numero", BigInteger, nullable=False),
    Column("preuve", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Entree:
    """One fact of a feed. `recu_a` is a time of the epoch, in seconds, by our clock."""

    numero: int
    contenu: dict[str, Any]
    recu_a: float


@dataclass(frozen=True, slots=True)
class Repere:
    """How far a feed was read, and the service token that was good for it last."""

    numero: int = 0
    preuve: bytes | None = None


class Memoire:
    """Blocks on the disk: called in a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def entrees(self) -> list[Entree]:
        """Everything that is kept, oldest first."""
        with lecture(self._engine) as connexion:
            lignes = connexion.execute(select(revocations).order_by(revocations.c.recu_a, revocations.c.numero)).all()
        return [Entree(ligne.numero, json.loads(ligne.contenu), ligne.recu_a) for ligne in lignes]

    def repere(self, source: str) -> Repere:
        """Where to go on with this feed."""
        with lecture(self._engine) as connexion:
            ligne = connexion.execute(select(fils_suivis).where(fils_suivis.c.source == source)).one_or_none()
        return Repere(ligne.numero, ligne.preuve.encode() or None) if ligne else Repere()

    def garder(self, source: str, entrees: Sequence[Entree], repere: Repere) -> None:
        """Keep these entries, and how far the feed has been read with them."""
        with self._engine.begin() as connexion:
            for entree in entrees:
                cle = (revocations.c.source == source, revocations.c.numero == entree.numero)
                connexion.execute(delete(revocations).where(*cle))
                connexion.execute(
                    insert(revocations).values(
                        source=source,
                        numero=entree.numero,
                        recu_a=entree.recu_a,
                        contenu=json.dumps(entree.contenu),
                    )
                )
            connexion.execute(delete(fils_suivis).where(fils_suivis.c.source == source))
            preuve = (repere.preuve or b"").decode("ascii")
            connexion.execute(insert(fils_suivis).values(source=source, numero=repere.numero, preuve=preuve))

    def oublier(self, avant: float) -> None:
        """Drop the entries that were received before this instant."""
        with self._engine.begin() as connexion:
            connexion.execute(delete(revocations).where(revocations.c.recu_a < avant))
