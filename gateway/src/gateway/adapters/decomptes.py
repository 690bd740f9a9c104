"""Refusals that are counted before they are told: the event of one user's minute over a limit (ADR 23).

Invariant: the first refusal is on the disk, with the id of its event, before its answer leaves; the event is written
once, with its count, by the relay, so that a gateway that died in between owes nothing but the last half second.
"""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, Engine, Float, LargeBinary, MetaData, String, Table, delete, insert, select
from sqlalchemy import update as mettre_a_jour

from socle.database import lecture
from socle.outbox import inscrire

metadata = MetaData()
decomptes = Table(
    "decomptes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("corps", LargeBinary, nullable=False),
    Column("nombre", BigInteger, nullable=False),
    Column("a_rendre", Float, nullable=False),
)


class Decomptes:
    """Blocks on the disk: called in a thread. Times are of the epoch, in seconds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ouvrir(self, id: str, corps: bytes, nombre: int, a_rendre: float) -> None:
        """Begin to count towards this event."""
        with self._engine.begin() as connexion:
            connexion.execute(insert(decomptes).values(id=id, corps=corps, nombre=nombre, a_rendre=a_rendre))

    def noter(self, id: str, nombre: int, a_rendre: float) -> bool:
        """Keep how many there are; False where the event has been written already."""
        with self._engine.begin() as connexion:
            fait = connexion.execute(
                mettre_a_jour(decomptes).where(decomptes.c.id == id).values(nombre=nombre, a_rendre=a_rendre)
            )
        return bool(fait.rowcount)


def corvee(engine: Engine, horloge: Callable[[], datetime]) -> Callable[[], None]:
    """The relay's chore: write the events whose count is over."""

    def rendre() -> None:
        dus = decomptes.c.a_rendre <= horloge().timestamp()
        with lecture(engine) as connexion:
            if connexion.execute(select(decomptes.c.id).where(dus).limit(1)).first() is None:
                return
        with engine.begin() as connexion:
            choix = select(decomptes).where(dus).order_by(decomptes.c.a_rendre).limit(500).with_for_update()
            for ligne in connexion.execute(choix).all():
                inscrire(connexion, ligne.id, _compte(ligne.corps, ligne.nombre), horloge().timestamp())
                connexion.execute(delete(decomptes).where(decomptes.c.id == ligne.id))

    return rendre


def _compte(corps: bytes, nombre: int) -> bytes:
    """The event, with its count."""
    evenement: dict[str, Any] = json.loads(corps)
    evenement["data"]["nombre"] = nombre
    return orjson.dumps(evenement, option=orjson.OPT_SORT_KEYS)
