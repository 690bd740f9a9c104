"""A numbered feed of facts, written in the transaction of the act and followed by long poll.

Invariant: numbers grow in the order of commit, so that who has read up to n has missed nothing before n. On
SQLite writers follow one another; elsewhere the act must hold a lock that orders them.
"""

import json
import time
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
)

from socle.database import lecture
from socle.veille import Veille

metadata = MetaData()
fil = Table(
    "fil",
    metadata,
    Column("numero", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("a", Float, nullable=False),
    Column("contenu", Text, nullable=False),
    sqlite_autoincrement=True,
)


def inscrire(connexion: Connection, contenu: dict[str, Any]) -> None:
    """Write one fact, in the transaction of the act."""
    connexion.execute(insert(fil).values(a=time.time(), contenu=json.dumps(contenu, sort_keys=True)))


def suivre(engine: Engine, apres: int, limite: int, attente: float) -> dict[str, Any]:
    """The facts after a number, and the last number; where there are none, wait `attente` seconds at most."""
    fin, veille = time.monotonic() + attente, Veille(engine)
    try:  # the watch begins before the first look: a commit in between would be missed
        lu = _lire(engine, apres, limite)
        while not lu["entrees"] and veille.attendre(fin - time.monotonic()):
            lu = _lire(engine, apres, limite)
    finally:
        veille.fermer()
    return lu


def oublier(engine: Engine, plus_vieux_que_s: float) -> None:
    """A chore: drop what is older. The last fact stays, so that the numbers go on and can be told."""
    limite = time.time() - plus_vieux_que_s
    with lecture(engine) as connexion:
        dernier = connexion.execute(select(func.max(fil.c.numero))).scalar() or 0
        perime = (fil.c.a < limite, fil.c.numero < dernier)
        il_y_en_a = connexion.execute(select(fil.c.numero).where(*perime).limit(1)).scalar()
    if il_y_en_a is not None:
        with engine.begin() as connexion:
            connexion.execute(delete(fil).where(*perime))


def _lire(engine: Engine, apres: int, limite: int) -> dict[str, Any]:
    with lecture(engine) as connexion:
        lignes = connexion.execute(select(fil).where(fil.c.numero > apres).order_by(fil.c.numero).limit(limite)).all()
        dernier = connexion.execute(select(func.max(fil.c.numero))).scalar()
    return {
        "entrees": [{"numero": ligne.numero, "a": ligne.a, "contenu": json.loads(ligne.contenu)} for ligne in lignes],
        "dernier": dernier or 0,
    }
