"""The tables of audit. Instants of events are ISO text in UTC, which compares; `recu_a`, `a` and `levee_a` are
times of the epoch, in seconds.

The columns of `journal` after `recu_a` are extracted from `corps`, for searching; `corps` alone is the event.
"""

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

EXTRAITS = (
    "id", "type", "instant", "service", "acte", "issue", "cause", "sujet", "session", "partenaire", "caf", "groupe",
    "profil", "organisme", "numero_allocataire", "rubrique", "objet", "adresse",
)  # fmt: skip
"""Fields of an event that have a column of their own; all null where the entry is `illisible`."""

journal = Table(
    "journal",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("rang", BigInteger, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("precedente", String(64), nullable=False),
    Column("empreinte", String(64), nullable=False),
    Column("corps", LargeBinary, nullable=False),
    Column("illisible", Boolean, nullable=False),
    Column("recu_a", Float, nullable=False),
    *(Column(nom, Text) for nom in EXTRAITS),
)
alarmes = Table(
    "alarmes",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("a", Float, nullable=False),
    Column("source", String(40), nullable=False),
    Column("rang", BigInteger, nullable=False),
    Column("genre", String(20), nullable=False),
    Column("empreinte", Text, nullable=False),
    Column("precedente", Text),
    Column("version", Integer),
    Column("corps", LargeBinary),
    Column("levee_a", Float),
)
points = Table(
    "points",
    metadata,
    Column("source", String(40), primary_key=True),
    Column("rang", BigInteger, primary_key=True, autoincrement=False),
    Column("empreinte", String(64), nullable=False),
    Column("a", Float, nullable=False),
)
"""The last entry that each purge let go, by source: the chain goes on from there."""
