"""The tables of CDAP. A dossier is one row, its content one JSON document; times are seconds of the epoch."""

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData()

dossiers = Table(
    "dossiers",
    metadata,
    Column("organisme", String(3), primary_key=True),
    Column("numero_allocataire", String(7), primary_key=True),
    Column("contenu", LargeBinary, nullable=False),
    Column("maj_a", Float, nullable=False),
)

echecs = Table(
    "echecs",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("sujet", String(40), nullable=False),
    Column("a", Float, nullable=False),
    Index("echecs_sujet", "sujet", "a"),
)

consultations = Table(
    "consultations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("sujet", String(40), nullable=False),
    Column("session", String(64), nullable=False),
    Column("groupe", String(64), nullable=False),
    Column("organisme", String(3), nullable=False),
    Column("numero_allocataire", String(7), nullable=False),
    Column("numero_instructeur", String(40)),
    Column("numero_bailleur", String(40)),
    Column("ouverte_a", Float, nullable=False),
    Column("expire_a", Float, nullable=False),
    Index("consultations_expire_a", "expire_a"),
)
