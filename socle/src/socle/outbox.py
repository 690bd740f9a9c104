"""The outbox: events written in the transaction of their act, then ranked and chained after the commit.

Invariant: the ranks of a source are 1, 2, 3 … without a gap, and each print is SHA-256 over the previous
print and the bytes of the event. The head is one row that ranking moves from where it was read, or not at all, so
that two relays cannot fork the chain.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)

from socle.database import lecture
from socle.prepares import Lien, Preparee

if TYPE_CHECKING:
    from socle.bail import Bail

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


_INSCRIRE = Preparee(outbox.insert().inline().values({nom: bindparam(nom) for nom in ("id", "corps", "inscrit_a")}))
"""`inline`: its number is not asked back."""
_EN_ATTENTE = (
    select(outbox.c.seq, outbox.c.corps)
    .where(outbox.c.rang.is_(None))
    .order_by(outbox.c.seq)
    .limit(bindparam("limite"))
)
_PLACER = (
    update(outbox)
    .where(outbox.c.seq == bindparam("s"), outbox.c.rang.is_(None))
    .values(rang=bindparam("r"), version=VERSION, precedente=bindparam("p"), empreinte=bindparam("e"))
)
_PLACER_TOUT = text(
    "UPDATE outbox SET rang = p.rang, version = :version, precedente = p.precedente, empreinte = p.empreinte "
    "FROM unnest(CAST(:seqs AS bigint[]), CAST(:rangs AS bigint[]), CAST(:precedentes AS varchar[]), "
    "CAST(:empreintes AS varchar[])) AS p(seq, rang, precedente, empreinte) "
    "WHERE outbox.seq = p.seq AND outbox.rang IS NULL"
).bindparams(version=VERSION)


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


def inscrire(lien: Lien, id: str, corps: bytes, inscrit_a: float) -> None:
    """Write the event in the transaction of the act, or by itself where the act has none (`Directe`); `inscrit_a` is
    a time of the epoch, in seconds."""
    _INSCRIRE.ecrire(lien, id=id, corps=corps, inscrit_a=inscrit_a)


def ranger(engine: Engine, limite: int = 500, bail: "Bail | None" = None) -> int:
    """Give rank and print to the events that wait, in the order of their writing; how many there were, 0 where
    another relay was faster.

    What is read, and the prints made of it, hold nothing; it is written only if the head has not moved meanwhile, and
    only with the lease, where there is one. Raises BailPerdu.
    """
    with lecture(engine) as connexion:
        debut = connexion.execute(select(tete)).one()
        attente = connexion.execute(_EN_ATTENTE, {"limite": limite}).all()
    if not attente:
        return 0
    places, precedente = [], debut.empreinte
    for rang, ligne in enumerate(attente, start=debut.rang + 1):
        suivante = empreinte(precedente, ligne.corps)
        places.append((ligne.seq, rang, precedente, suivante))
        precedente = suivante
    with engine.connect() as connexion:
        if bail is not None:
            bail.renouveler(connexion)
        if not _avancer(connexion, debut, rang, precedente) or _placer(connexion, places) != len(places):
            return 0  # closing undoes it
        connexion.commit()
    return len(places)


def _avancer(connexion: Connection, debut: Row[*tuple[Any, ...]], rang: int, empreinte: str) -> bool:
    """Move the head from where it was read; whether it still was there."""
    ordre = update(tete).where(tete.c.rang == debut.rang, tete.c.empreinte == debut.empreinte)
    return connexion.execute(ordre.values(rang=rang, empreinte=empreinte)).rowcount == 1


def _placer(connexion: Connection, places: Sequence[tuple[int, int, str, str]]) -> int:
    """Write ranks and prints in one statement where the database knows arrays; how many rows were still without."""
    if connexion.dialect.name == "postgresql":
        noms = ("seqs", "rangs", "precedentes", "empreintes")
        colonnes = {nom: [place[n] for place in places] for n, nom in enumerate(noms)}
        return connexion.execute(_PLACER_TOUT, colonnes).rowcount
    valeurs = [dict(zip(("s", "r", "p", "e"), place, strict=True)) for place in places]
    return connexion.execute(_PLACER, valeurs).rowcount


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
