"""The tables of CDAP. A dossier is one row, its content one JSON document; times are seconds of the epoch."""

from sqlalchemy import Column, Float, Index, LargeBinary, MetaData, String, Table

metadata = MetaData()

dossiers = Table(
    "dossiers",
    metadata,
    Column("organisme", String(3), primary_key=True),
    Column("numero_allocataire", String(7), primary_key=True),
    Column("contenu", LargeBinary, nullable=False),
    Column("maj_a", Float, nullable=False),
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
