"""identity's own database begins: accounts, passwords, sessions, mails, and its outbox.

Every time is a number of seconds since the epoch, in UTC.
"""

import sqlalchemy as sa
from alembic import op

from socle.migrations import creer_outbox_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables, and the outbox that all services have."""
    _creer_comptes()
    _creer_roles()
    _creer_sessions()
    _creer_courriels()
    creer_outbox_v1()


def _creer_comptes() -> None:
    op.create_table(
        "comptes",
        sa.Column("identifiant", sa.String(15), primary_key=True),
        sa.Column("nom", sa.String(100), nullable=False),
        sa.Column("prenom", sa.String(100), nullable=False),
        sa.Column("courriel", sa.String(255), nullable=False),
        sa.Column("partenaire", sa.String(14)),
        sa.Column("caf", sa.String(3)),
        sa.Column("caf_referente", sa.String(3)),
        sa.Column("cree_a", sa.Float, nullable=False),
        sa.Column("par", sa.String(40), nullable=False),
        sa.CheckConstraint("(partenaire IS NULL) <> (caf IS NULL)", name="comptes_partenaire_ou_caf"),
    )
    op.create_index("comptes_de_la_caf", "comptes", ["caf"])
    op.create_table(
        "mots_de_passe",
        sa.Column("identifiant", sa.String(15), sa.ForeignKey("comptes.identifiant"), primary_key=True),
        sa.Column("hash", sa.String(200), nullable=False),
        sa.Column("provisoire", sa.Boolean, nullable=False),
        sa.Column("expire_a", sa.Float),
        sa.Column("cree_a", sa.Float, nullable=False),
    )


def _creer_roles() -> None:
    op.create_table(
        "roles_caf",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("identifiant", sa.String(15), sa.ForeignKey("comptes.identifiant"), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("depuis", sa.Float, nullable=False),
        sa.Column("jusqu_a", sa.Float),
        sa.Column("par", sa.String(40), nullable=False),
        sa.Column("motif", sa.String(200), nullable=False),
    )
    ouvert = sa.text("jusqu_a IS NULL")
    op.create_index(
        "roles_caf_ouverts",
        "roles_caf",
        ["identifiant", "role"],
        unique=True,
        sqlite_where=ouvert,
        postgresql_where=ouvert,
    )
    for ordre in _FIGER[op.get_bind().dialect.name]:
        op.execute(ordre)


def _creer_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("sid", sa.String(36), primary_key=True),
        sa.Column("identifiant", sa.String(15), sa.ForeignKey("comptes.identifiant"), nullable=False),
        sa.Column("ouverte_a", sa.Float, nullable=False),
        sa.Column("fermee_a", sa.Float),
        sa.Column("motif_fin", sa.String(40)),
    )
    op.create_index("sessions_du_compte", "sessions", ["identifiant"])
    op.create_table(
        "jetons_rafraichissement",
        sa.Column("empreinte", sa.String(64), primary_key=True),
        sa.Column("sid", sa.String(36), sa.ForeignKey("sessions.sid"), nullable=False),
        sa.Column("emis_a", sa.Float, nullable=False),
        sa.Column("expire_a", sa.Float, nullable=False),
        sa.Column("consomme_a", sa.Float),
        sa.Column("successeur", sa.String(64), sa.ForeignKey("jetons_rafraichissement.empreinte")),
    )


def _creer_courriels() -> None:
    op.create_table(
        "courriels",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("destinataire", sa.String(255), nullable=False),
        sa.Column("objet", sa.String(200), nullable=False),
        sa.Column("texte", sa.Text, nullable=False),
        sa.Column("cree_a", sa.Float, nullable=False),
        sa.Column("envoye_a", sa.Float),
        sa.Column("essais", sa.Integer, nullable=False),
        sa.Column("prochain_essai_a", sa.Float, nullable=False),
    )
    en_attente = sa.text("envoye_a IS NULL")
    op.create_index(
        "courriels_en_attente",
        "courriels",
        ["prochain_essai_a"],
        sqlite_where=en_attente,
        postgresql_where=en_attente,
    )


# History is never rewritten: `jusqu_a` is written once, from null, and nothing else ever changes.
_CHANGE = " OR ".join(
    ["OLD.jusqu_a IS NOT NULL", "NEW.jusqu_a IS NULL"]
    + [f"NEW.{colonne} <> OLD.{colonne}" for colonne in ("id", "identifiant", "role", "depuis", "par", "motif")]
)
_FIGER = {
    "sqlite": (
        f"CREATE TRIGGER roles_caf_figes BEFORE UPDATE ON roles_caf WHEN {_CHANGE} "
        "BEGIN SELECT RAISE(ABORT, 'roles_caf: history is not rewritten'); END",
        "CREATE TRIGGER roles_caf_gardes BEFORE DELETE ON roles_caf "
        "BEGIN SELECT RAISE(ABORT, 'roles_caf: history is not rewritten'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION roles_caf_figer() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'roles_caf: history is not rewritten' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"CREATE TRIGGER roles_caf_figes BEFORE UPDATE ON roles_caf FOR EACH ROW WHEN ({_CHANGE}) "
        "EXECUTE FUNCTION roles_caf_figer()",
        "CREATE TRIGGER roles_caf_gardes BEFORE DELETE ON roles_caf FOR EACH ROW EXECUTE FUNCTION roles_caf_figer()",
    ),
}
