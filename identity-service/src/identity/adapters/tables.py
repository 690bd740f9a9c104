"""The tables of identity. Every time is a number of seconds since the epoch, in UTC."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, MetaData, String, Table, Text

metadata = MetaData()
comptes = Table(
    "comptes",
    metadata,
    Column("identifiant", String(15), primary_key=True),
    Column("nom", String(100)),
    Column("prenom", String(100)),
    Column("courriel", String(255)),
    Column("partenaire", String(14)),
    Column("caf", String(3)),
    Column("caf_referente", String(3)),
    Column("cree_a", Float),
    Column("par", String(40)),
)
mots_de_passe = Table(
    "mots_de_passe",
    metadata,
    Column("identifiant", String(15), primary_key=True),
    Column("hash", String(200)),
    Column("provisoire", Boolean),
    Column("expire_a", Float),
    Column("cree_a", Float),
)
roles_caf = Table(
    "roles_caf",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("identifiant", String(15)),
    Column("role", String(40)),
    Column("depuis", Float),
    Column("jusqu_a", Float),
    Column("par", String(40)),
    Column("motif", String(200)),
)
sessions = Table(
    "sessions",
    metadata,
    Column("sid", String(36), primary_key=True),
    Column("identifiant", String(15)),
    Column("ouverte_a", Float),
    Column("fermee_a", Float),
    Column("motif_fin", String(40)),
)
jetons = Table(
    "jetons_rafraichissement",
    metadata,
    Column("empreinte", String(64), primary_key=True),
    Column("sid", String(36)),
    Column("emis_a", Float),
    Column("expire_a", Float),
    Column("consomme_a", Float),
    Column("successeur", String(64)),
)
courriels = Table(
    "courriels",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("destinataire", String(255)),
    Column("objet", String(200)),
    Column("texte", Text),
    Column("cree_a", Float),
    Column("envoye_a", Float),
    Column("essais", Integer),
    Column("prochain_essai_a", Float),
)


def instant(secondes: float | None) -> datetime | None:
    """A time of the store, as the domain has it."""
    return None if secondes is None else datetime.fromtimestamp(secondes, UTC)
