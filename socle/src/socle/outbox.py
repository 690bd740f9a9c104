"""The outbox: events written in the transaction of their act, then ranked and chained after the commit.

Invariant: the ranks of a source are 1, 2, 3 … without a gap, and each print is SHA-256 over the previous
print and the bytes of the event. The head is one row that ranking locks, so that two relays cannot fork
the chain.
"""

import hashlib
from dataclasses import dataclass
from itertools import takewhile

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    func,
    select,
    update,
)

from socle.database import lecture

VERSION = 1
ORIGINE = "0" * 64

metadata = MetaData()
outbox = Table(
    "outbox",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("corps", LargeBinary, nullable=False),
    Column("inscrit_a", Float, nullable=False),
    Column("rang", BigInteger, unique=True),
    Column("version", Integer),
    Column("precedente", String(64)),
    Column("empreinte", String(64)),
    sqlite_autoincrement=True,
)
tete = Table(
    "outbox_tete",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("rang", BigInteger, nullable=False),
    Column("empreinte", String(64), nullable=False),
)


_INSCRIRE = outbox.insert().inline().values({nom: bindparam(nom) for nom in ("id", "corps", "inscrit_a")})
"""`inline`: its number is not asked back."""


@dataclass(frozen=True, slots=True)
class Range:
    """A ranked event: what the journal takes over, byte for byte."""

    rang: int
    version: int
    precedente: str
    empreinte: str
    corps: str


def empreinte(precedente: str, corps: bytes) -> str:
    """Print of version 1: hexadecimal SHA-256 over the 32 bytes of the previous print and the event's bytes."""
    return hashlib.sha256(bytes.fromhex(precedente) + corps).hexdigest()


def inscrire(connexion: Connection, id: str, corps: bytes, inscrit_a: float) -> None:
    """Write the event in the transaction of the act; `inscrit_a` is a time of the epoch, in seconds."""
    connexion.execute(_INSCRIRE, {"id": id, "corps": corps, "inscrit_a": inscrit_a})


def ranger(engine: Engine, limite: int = 500) -> int:
    """Give rank and print to the events that wait, in the order of their writing; how many there were."""
    with engine.begin() as connexion:
        debut = connexion.execute(select(tete).with_for_update()).one()
        attente = connexion.execute(
            select(outbox.c.seq, outbox.c.corps).where(outbox.c.rang.is_(None)).order_by(outbox.c.seq).limit(limite)
        ).all()
        rang, precedente = debut.rang, debut.empreinte
        for ligne in attente:
            rang, suivante = rang + 1, empreinte(precedente, ligne.corps)
            connexion.execute(
                update(outbox)
                .where(outbox.c.seq == ligne.seq, outbox.c.rang.is_(None))
                .values(rang=rang, version=VERSION, precedente=precedente, empreinte=suivante)
            )
            precedente = suivante
        if attente:
            connexion.execute(update(tete).values(rang=rang, empreinte=precedente))
    return len(attente)


def ranges(engine: Engine, apres: int, limite: int) -> list[Range]:
    """The ranked events after a rank, in order."""
    requete = (
        select(outbox.c.rang, outbox.c.version, outbox.c.precedente, outbox.c.empreinte, outbox.c.corps)
        .where(outbox.c.rang > apres)
        .order_by(outbox.c.rang)
        .limit(limite)
    )
    with lecture(engine) as connexion:
        return [
            Range(ligne.rang, ligne.version, ligne.precedente, ligne.empreinte, ligne.corps.decode())
            for ligne in connexion.execute(requete)
        ]


def lire_tete(engine: Engine) -> tuple[int, str]:
    """The last rank and the last print given."""
    with lecture(engine) as connexion:
        ligne = connexion.execute(select(tete)).one()
    return ligne.rang, ligne.empreinte


def point(engine: Engine) -> tuple[int, str]:
    """Where the kept events begin: the last rank that was let go, and its print; rank 0 while all are kept."""
    with lecture(engine) as connexion:
        premier = connexion.execute(
            select(outbox.c.rang, outbox.c.precedente).where(outbox.c.rang > 0).order_by(outbox.c.rang).limit(1)
        ).one_or_none()
        if premier is None:
            ligne = connexion.execute(select(tete)).one()
            return ligne.rang, ligne.empreinte
    return premier.rang - 1, premier.precedente


def purger(engine: Engine, jusqu_a: int, avant: float, par_lot: int = 500) -> int:
    """Let go of the oldest events: up to this rank, and only those that were written before `avant` (epoch, s).

    What is kept goes on without a hole; its first event has the print of the last one that went. How many went.
    """
    total = 0
    while True:
        with engine.begin() as connexion:
            lues = connexion.execute(
                select(outbox.c.rang, outbox.c.inscrit_a)
                .where(outbox.c.rang <= jusqu_a)
                .order_by(outbox.c.rang)
                .limit(par_lot)
            ).all()
            vieilles = list(takewhile(lambda ligne: ligne.inscrit_a < avant, lues))
            if vieilles:
                connexion.execute(delete(outbox).where(outbox.c.rang <= vieilles[-1].rang))
        total += len(vieilles)
        if len(vieilles) < par_lot:
            return total


def en_attente_depuis(engine: Engine) -> float | None:
    """The time of the epoch, in seconds, at which the oldest event without a rank was written; None if none."""
    with lecture(engine) as connexion:
        return connexion.execute(select(func.min(outbox.c.inscrit_a)).where(outbox.c.rang.is_(None))).scalar()
