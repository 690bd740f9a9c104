"""audit begins: the journal that only grows, the alarms, the outbox."""

import sqlalchemy as sa
from alembic import op

from socle.migrations import creer_outbox_v1

revision = "0001"
down_revision = None

EXTRAITS = (
    "id", "type", "instant", "service", "acte", "issue", "cause", "sujet", "session", "partenaire", "caf", "groupe",
    "profil", "organisme", "numero_allocataire", "rubrique", "objet", "adresse",
)  # fmt: skip

SQLITE = (
    "CREATE TRIGGER journal_sans_modification BEFORE UPDATE ON journal "
    "BEGIN SELECT RAISE(ABORT, 'journal: append only'); END",
    "CREATE TRIGGER journal_sans_suppression BEFORE DELETE ON journal "
    "BEGIN SELECT RAISE(ABORT, 'journal: append only'); END",
    # INSERT OR REPLACE deletes without any trigger on deletion: it is refused before.
    "CREATE TRIGGER journal_sans_remplacement BEFORE INSERT ON journal "
    "WHEN EXISTS (SELECT 1 FROM journal WHERE source = NEW.source AND rang = NEW.rang) "
    "OR EXISTS (SELECT 1 FROM journal WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'journal: append only'); END",
    "CREATE TRIGGER alarmes_sans_suppression BEFORE DELETE ON alarmes BEGIN SELECT RAISE(ABORT, 'alarmes: kept'); END",
    "CREATE TRIGGER alarmes_sans_modification BEFORE UPDATE ON alarmes "
    "WHEN OLD.levee_a IS NOT NULL OR NEW.a IS NOT OLD.a OR NEW.source IS NOT OLD.source OR NEW.rang IS NOT OLD.rang "
    "OR NEW.genre IS NOT OLD.genre OR NEW.empreinte IS NOT OLD.empreinte OR NEW.precedente IS NOT OLD.precedente "
    "OR NEW.version IS NOT OLD.version OR NEW.corps IS NOT OLD.corps OR NEW.id IS NOT OLD.id "
    "BEGIN SELECT RAISE(ABORT, 'alarmes: kept'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION ne_fait_que_croitre() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'append only'; END $$",
    "CREATE TRIGGER journal_ne_fait_que_croitre BEFORE UPDATE OR DELETE OR TRUNCATE ON journal "
    "FOR EACH STATEMENT EXECUTE FUNCTION ne_fait_que_croitre()",
    "CREATE TRIGGER alarmes_sans_suppression BEFORE DELETE OR TRUNCATE ON alarmes "
    "FOR EACH STATEMENT EXECUTE FUNCTION ne_fait_que_croitre()",
    "CREATE TRIGGER alarmes_sans_modification BEFORE UPDATE ON alarmes FOR EACH ROW "
    "WHEN (OLD.levee_a IS NOT NULL OR (NEW.id, NEW.a, NEW.source, NEW.rang, NEW.genre, NEW.empreinte, NEW.precedente, "
    "NEW.version, NEW.corps) IS DISTINCT FROM (OLD.id, OLD.a, OLD.source, OLD.rang, OLD.genre, OLD.empreinte, "
    "OLD.precedente, OLD.version, OLD.corps)) EXECUTE FUNCTION ne_fait_que_croitre()",
)


def upgrade() -> None:
    """Make the tables, and forbid what a journal never does."""
    op.create_table(
        "journal",
        sa.Column("source", sa.String(40), primary_key=True),
        sa.Column("rang", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("precedente", sa.String(64), nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.Column("corps", sa.LargeBinary, nullable=False),
        sa.Column("illisible", sa.Boolean, nullable=False),
        sa.Column("recu_a", sa.Float, nullable=False),
        *(sa.Column(nom, sa.Text) for nom in EXTRAITS),
    )
    op.create_index("journal_id", "journal", ["id"], unique=True)
    op.create_index("journal_par_instant", "journal", ["instant", "id"])
    op.create_index("journal_par_sujet", "journal", ["sujet", "instant", "id"])
    op.create_index("journal_par_dossier", "journal", ["organisme", "numero_allocataire", "instant", "id"])
    op.create_index("journal_par_organisme", "journal", ["organisme", "instant", "id"])
    op.create_index("journal_par_caf", "journal", ["caf", "instant", "id"])
    op.create_table(
        "alarmes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("a", sa.Float, nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("rang", sa.BigInteger, nullable=False),
        sa.Column("genre", sa.String(20), nullable=False),
        sa.Column("empreinte", sa.Text, nullable=False),
        sa.Column("precedente", sa.Text),
        sa.Column("version", sa.Integer),
        sa.Column("corps", sa.LargeBinary),
        sa.Column("levee_a", sa.Float),
    )
    op.create_index("alarmes_ouvertes", "alarmes", ["source", "genre"])
    for ordre in SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(sa.text(ordre.replace(":", r"\:")))
    creer_outbox_v1()
