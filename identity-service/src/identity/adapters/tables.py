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
    Column("ferme_a", Float),
    Column("ferme_par", String(40)),
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
    Column("adresse", String(45)),
    Column("vue_a", Float),
    Column("fin_a", Float),
    Column("expire_a", Float),
    Column("navigateur", String(64)),
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
    Column("client", String(40)),
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
freins = Table(
    "freins",
    metadata,
    Column("cle", String(64), primary_key=True),
    Column("echecs", Integer),
    Column("dernier_a", Float),
)
adresses_connues = Table(
    "adresses_connues",
    metadata,
    Column("identifiant", String(15), primary_key=True),
    Column("adresse", String(45), primary_key=True),
    Column("vue_a", Float),
)
captchas_utilises = Table(
    "captchas_utilises",
    metadata,
    Column("numero", String(36), primary_key=True),
    Column("expire_a", Float),
)
oublis = Table(
    "oublis",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("identifiant", String(15)),
    Column("demande_a", Float),
)
secours = Table(
    "mots_de_passe_de_secours",
    metadata,
    Column("identifiant", String(15), primary_key=True),
    Column("empreinte", String(64)),
    Column("expire_a", Float),
    Column("cree_a", Float),
)
seconds_facteurs = Table(
    "seconds_facteurs",
    metadata,
    Column("identifiant", String(15), primary_key=True),
    Column("scelle", String(200)),
    Column("en_attente", String(200)),
    Column("dernier_pas", BigInteger),
)
codes_de_recuperation = Table(
    "codes_de_recuperation",
    metadata,
    Column("empreinte", String(64), primary_key=True),
    Column("identifiant", String(15)),
)
exigences = Table(
    "exigences",
    metadata,
    Column("cible", String(40), primary_key=True),
    Column("par", String(40)),
    Column("depuis", Float),
)
clients_oidc = Table(
    "clients_oidc",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("nom", String(100)),
    Column("empreinte", String(64)),
    Column("inscrit_a", Float),
    Column("retire_a", Float),
)
adresses_oidc = Table(
    "adresses_oidc",
    metadata,
    Column("client", String(40), primary_key=True),
    Column("genre", String(10), primary_key=True),
    Column("adresse", String(500), primary_key=True),
)
codes_oidc = Table(
    "codes_oidc",
    metadata,
    Column("empreinte", String(64), primary_key=True),
    Column("client", String(40)),
    Column("retour", String(500)),
    Column("defi", String(43)),
    Column("nonce", String(1024)),
    Column("sid", String(36)),
    Column("identifiant", String(15)),
    Column("emis_a", Float),
    Column("expire_a", Float),
    Column("consomme_a", Float),
    Column("donne", Boolean),
)
fil_ordre = Table("fil_ordre", metadata, Column("id", Integer, primary_key=True))


def instant(secondes: float | None) -> datetime | None:
    """A time of the store, as the domain has it."""
    return None if secondes is None else datetime.fromtimestamp(secondes, UTC)
