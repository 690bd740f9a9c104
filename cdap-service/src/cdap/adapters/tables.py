"""The tables of CDAP. A dossier is one row, its content one JSON document; times are seconds of the epoch."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text

from socle import envois

metadata = MetaData()

dossiers = Table(
    "dossiers",
    metadata,
    Column("organisme", String(3), primary_key=True),
    Column("numero_allocataire", String(7), primary_key=True),
    Column("contenu", LargeBinary, nullable=False),
    Column("maj_a", Float, nullable=False),
    Column("arretes", LargeBinary),
    Column("import_id", Integer),
)

imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("empreinte", String(64), nullable=False),
    Column("organisme", String(3), nullable=False),
    Column("nature", String(40)),
    Column("arrete", String(40)),
    Column("annonces", Integer),
    Column("total", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("pris", Integer, nullable=False),
    Column("anciens", Integer, nullable=False),
    Column("rejets", Integer, nullable=False),
    Column("commence_a", Float, nullable=False),
    Column("fini_a", Float),
    Index("imports_empreinte", "empreinte", "organisme", unique=True),
    sqlite_autoincrement=True,
)
"""One row a file whose first pass was good. `place` is how many of its `total` records are behind."""

rejets = Table(
    "imports_rejets",
    metadata,
    Column("import_id", Integer, primary_key=True),
    Column("rang", Integer, primary_key=True),
    Column("place", String(60), nullable=False),
    Column("champ", String(200)),
    Column("raison", String(200), nullable=False),
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


def _origine() -> tuple[Column[Any], ...]:
    """Of which act and dossier something is: `id` is that of the event."""
    return (
        Column("id", String(36), primary_key=True),
        Column("sujet", String(40), nullable=False),
        Column("consultation", String(36), nullable=False),
        Column("groupe", String(64)),
        Column("organisme", String(3), nullable=False),
        Column("numero_allocataire", String(7), nullable=False),
    )


attestations = Table(
    "attestations_par_courrier",
    metadata,
    *_origine(),
    Column("pdf", LargeBinary, nullable=False),
    Column("empreinte", String(64), nullable=False),
    *envois.colonnes(),
    Index("attestations_consultation", "consultation", unique=True),
)

messages = Table(
    "messages",
    metadata,
    *_origine(),
    Column("empreinte", String(64), nullable=False),
    Column("destinataire", String(255), nullable=False),
    Column("partenaire", String(14)),
    Column("nom_organisme", String(100), nullable=False),
    Column("nom", String(100), nullable=False),
    Column("courriel", String(255), nullable=False),
    Column("avec_numero", Boolean, nullable=False),
    Column("texte", Text, nullable=False),
    *envois.colonnes(),
    Index("messages_empreinte", "consultation", "empreinte", unique=True),
    Index("messages_sujet", "sujet", "cree_a"),
)
