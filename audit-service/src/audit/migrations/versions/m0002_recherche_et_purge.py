"""Pages of a search come from an index whatever is asked; the oldest entries may go, behind a point that stays."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ETRANGERE = {"sqlite": "caf IS NOT organisme", "postgresql": "caf IS DISTINCT FROM organisme"}
"""Accesses to a dossier of a Caf by somebody of another. What is no Caf's has `caf` null, in the index of `caf`."""

AXES = ("service", "type", "issue", "instant")
SUITES = {"instant": ("instant",), "axes": AXES, "partenaire": ("partenaire", *AXES)}
"""What follows the key in the indexes of each way of being visible (`adapters.recherche`)."""

OUVERTURE = "type = 'cdap.consultation.ouverte'"
SUPERVISION = (
    "organisme", "instant", "issue", "cause", "partenaire", "groupe", "profil", "numero_allocataire", "type",
)  # fmt: skip
"""All that is counted, and `type`, which SQLite looks up although every entry of the index has the same."""


STATISTIQUES = {
    "journal_id": "10000000 1",
    "journal_sujet": "10000000 200 1",
    "journal_dossier": "10000000 2000000 10 1",
    "journal_caf_instant": "10000000 1000000 1",
    "journal_caf_axes": "10000000 1000000 300000 50000 2000 1",
    "journal_caf_partenaire": "10000000 1000000 5000 1500 400 200 1",
    "journal_etrangere_instant": "300000 10000 1",
    "journal_etrangere_axes": "300000 10000 5000 2000 1000 1",
    "journal_etrangere_partenaire": "300000 10000 100 50 20 10 1",
    "journal_supervision": "1500000 15000 1 1 1 1 1 1 1 1",
}
"""What SQLite supposes of each index (rows, then rows for each prefix held equal): those of ten million entries.

Without them it takes two indexes with as many equal columns for equally good, and a page of one partner was looked
for among the entries of all. PostgreSQL keeps its own.
"""

SQLITE = (
    "DROP TRIGGER journal_sans_suppression",
    "CREATE TRIGGER journal_sans_suppression BEFORE DELETE ON journal "
    "WHEN NOT EXISTS (SELECT 1 FROM points WHERE source = OLD.source AND rang >= OLD.rang) "
    "BEGIN SELECT RAISE(ABORT, 'journal: append only'); END",
    "CREATE TRIGGER journal_apres_le_point BEFORE INSERT ON journal "
    "WHEN EXISTS (SELECT 1 FROM points WHERE source = NEW.source AND rang >= NEW.rang) "
    "BEGIN SELECT RAISE(ABORT, 'journal: purged'); END",
    "CREATE TRIGGER points_sans_modification BEFORE UPDATE ON points BEGIN SELECT RAISE(ABORT, 'points: kept'); END",
    "CREATE TRIGGER points_sans_suppression BEFORE DELETE ON points BEGIN SELECT RAISE(ABORT, 'points: kept'); END",
    "CREATE TRIGGER points_sans_remplacement BEFORE INSERT ON points "
    "WHEN EXISTS (SELECT 1 FROM points WHERE source = NEW.source AND rang >= NEW.rang) "
    "BEGIN SELECT RAISE(ABORT, 'points: kept'); END",
)
POSTGRESQL = (
    "DROP TRIGGER journal_ne_fait_que_croitre ON journal",
    "CREATE TRIGGER journal_ne_fait_que_croitre BEFORE UPDATE OR TRUNCATE ON journal "
    "FOR EACH STATEMENT EXECUTE FUNCTION ne_fait_que_croitre()",
    "CREATE FUNCTION derriere_le_point() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "IF TG_OP = 'DELETE' THEN "
    "IF EXISTS (SELECT 1 FROM points WHERE source = OLD.source AND rang >= OLD.rang) THEN RETURN OLD; END IF; "
    "ELSIF NOT EXISTS (SELECT 1 FROM points WHERE source = NEW.source AND rang >= NEW.rang) THEN RETURN NEW; END IF; "
    "RAISE EXCEPTION 'append only'; END $$",
    "CREATE TRIGGER journal_sans_suppression BEFORE DELETE OR INSERT ON journal "
    "FOR EACH ROW EXECUTE FUNCTION derriere_le_point()",
    "CREATE TRIGGER points_sans_modification BEFORE UPDATE OR DELETE OR TRUNCATE ON points "
    "FOR EACH STATEMENT EXECUTE FUNCTION ne_fait_que_croitre()",
    "CREATE TRIGGER points_sans_remplacement BEFORE INSERT ON points FOR EACH ROW EXECUTE FUNCTION derriere_le_point()",
)


def upgrade() -> None:
    """New indexes in the place of those that a rare criterion had to walk through; points, and what they allow."""
    dialecte = op.get_context().dialect.name
    for nom in ("instant", "organisme", "caf", "sujet", "dossier"):
        op.drop_index(f"journal_par_{nom}", "journal")
    op.create_index("journal_sujet", "journal", ["sujet", "instant"])
    op.create_index("journal_dossier", "journal", ["organisme", "numero_allocataire", "instant"])
    for suite, colonnes in SUITES.items():
        op.create_index(f"journal_caf_{suite}", "journal", ["caf", *colonnes])
        _partiel(f"journal_etrangere_{suite}", ["organisme", *colonnes], ETRANGERE[dialecte])
    _partiel("journal_supervision", [*SUPERVISION], OUVERTURE)
    op.create_table(
        "points",
        sa.Column("source", sa.String(40), primary_key=True),
        sa.Column("rang", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.Column("a", sa.Float, nullable=False),
    )
    for ordre in SQLITE if dialecte == "sqlite" else POSTGRESQL:
        op.execute(sa.text(ordre.replace(":", r"\:")))
    if dialecte == "sqlite":
        op.execute(sa.text("ANALYZE journal"))
        op.execute(sa.text("DELETE FROM sqlite_stat1 WHERE tbl = 'journal'"))
        for index, suppose in STATISTIQUES.items():
            op.execute(
                sa.text("INSERT INTO sqlite_stat1 VALUES ('journal', :index, :suppose)").bindparams(
                    index=index, suppose=suppose
                )
            )
        op.execute(sa.text("ANALYZE sqlite_master"))  # this connection reads them again; others do when they open


def _partiel(nom: str, colonnes: list[str], condition: str) -> None:
    ou = sa.text(condition)
    op.create_index(nom, "journal", colonnes, sqlite_where=ou, postgresql_where=ou)
