"""What takes rights away: suspensions, planned ends, documents on their way, and the feed that tells it.

Every link gets `clos_motif`, written with the close; the triggers of SQLite are made again to allow it. On PostgreSQL
the one function is replaced. `documents` keeps its meaning: what is in it is signed; what is not yet stands in
`demarches`, one link for each step.
"""

import sqlalchemy as sa
from alembic import op

from socle.migrations import creer_fil_v1

revision = "0002"
down_revision = "0001"

INSTANT, JOUR, ID, IDENTIFIANT, CODE = sa.String(27), sa.String(10), sa.String(36), sa.String(20), sa.String(60)
ANCIENS = (
    "partenaires",
    "documents",
    "administrateurs",
    "groupes",
    "habilitations",
    "responsables",
    "profils_cdap",
    "appartenances",
)
NOUVEAUX = ("suspensions", "demarches", "noms")
FERMETURE = ("jusqu_a", "clos_par", "clos_motif")


def upgrade() -> None:
    """Add everything."""
    creer_fil_v1()
    for table in ANCIENS:
        _clos_motif(table)
    op.execute("ALTER TABLE appartenances ADD COLUMN echeance VARCHAR(10)")
    _suspensions()
    _demarches()
    _noms()
    _envois()
    echeances = op.create_table(
        "echeances",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="echeances_unique"), primary_key=True),
        sa.Column("jour", JOUR, nullable=False),
    )
    op.bulk_insert(echeances, [{"id": 1, "jour": "1970-01-01"}])
    if op.get_context().dialect.name == "postgresql":
        _histoire_postgresql()
    else:
        for table in (*ANCIENS, *NOUVEAUX):
            _histoire_sqlite(table)


def _clos_motif(table: str) -> None:
    op.execute(
        f"ALTER TABLE {table} ADD COLUMN clos_motif VARCHAR(200)"
        f" CONSTRAINT {table}_motif_de_cloture CHECK (clos_motif IS NULL OR jusqu_a IS NOT NULL)"
    )


def _suspensions() -> None:
    """`reference`: a service, the id of a group, or an identifiant."""
    _lien(
        "suspensions",
        sa.Column("id", ID, primary_key=True),
        sa.Column("partenaire", sa.String(14), sa.ForeignKey("partenaires.siret"), nullable=False),
        sa.Column("cible", sa.String(20), nullable=False),
        sa.Column("reference", ID, nullable=False),
        sa.CheckConstraint("cible IN ('service', 'groupe', 'utilisateur')", name="suspensions_cible_connue"),
        sa.CheckConstraint("motif IS NOT NULL", name="suspensions_motivees"),
        sa.CheckConstraint("jusqu_a IS NULL OR clos_motif IS NOT NULL", name="suspensions_levee_motivee"),
    )
    _borne("suspensions_une_par_cible", "suspensions", "partenaire", "cible", "reference")
    op.create_index("suspensions_par_partenaire", "suspensions", ["partenaire"])


def _demarches() -> None:
    """The steps of a document before it is signed; `document` is the id that it keeps in `documents`."""
    _lien(
        "demarches",
        sa.Column("id", ID, primary_key=True),
        sa.Column("document", ID, nullable=False),
        sa.Column("partenaire", sa.String(14), sa.ForeignKey("partenaires.siret"), nullable=False),
        sa.Column("etat", sa.String(20), nullable=False),
        sa.Column("le", JOUR, nullable=False),
        sa.Column("genre", sa.String(20), nullable=False),
        sa.Column("service", sa.String(20)),
        sa.Column("profils", sa.Text),
        sa.Column("finalite", CODE),
        sa.Column("fondement", CODE),
        sa.Column("destinataire", CODE),
        sa.CheckConstraint("etat IN ('envoye', 'recu', 'complet')", name="demarches_etat_connu"),
    )
    _borne("demarches_une_par_genre", "demarches", "partenaire", "genre", parmi="genre <> 'bulletin'")
    _borne("demarches_une_par_service", "demarches", "partenaire", "service", parmi="genre = 'bulletin'")
    op.create_index("demarches_par_document", "demarches", ["document"])


def _noms() -> None:
    """The names that a group took after its first, which stands in `groupes`."""
    _lien(
        "noms",
        sa.Column("id", ID, primary_key=True),
        sa.Column("groupe", ID, sa.ForeignKey("groupes.id"), nullable=False),
        sa.Column("nom", sa.String(100), nullable=False),
    )
    _borne("noms_un_par_groupe", "noms", "groupe")


def _envois() -> None:
    """Creations that were done under an idempotency key; forgotten after a day."""
    op.create_table(
        "envois",
        sa.Column("sujet", IDENTIFIANT, nullable=False),
        sa.Column("cle", sa.String(80), nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(36), nullable=False),
        sa.Column("instant", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("sujet", "cle", name="envois_une_fois"),
    )
    op.create_index("envois_par_instant", "envois", ["instant"])


def _lien(nom: str, *elements: sa.schema.SchemaItem) -> None:
    op.create_table(
        nom,
        *elements,
        sa.Column("depuis", INSTANT, nullable=False),
        sa.Column("jusqu_a", INSTANT),
        sa.Column("par", IDENTIFIANT, nullable=False),
        sa.Column("clos_par", IDENTIFIANT),
        sa.Column("motif", sa.String(200)),
        sa.Column("clos_motif", sa.String(200)),
        sa.CheckConstraint("jusqu_a >= depuis", name=f"{nom}_dans_le_temps"),
        sa.CheckConstraint("(jusqu_a IS NULL) = (clos_par IS NULL)", name=f"{nom}_clos_par_quelqu_un"),
        sa.CheckConstraint("clos_motif IS NULL OR jusqu_a IS NOT NULL", name=f"{nom}_motif_de_cloture"),
    )


def _borne(nom: str, table: str, *colonnes: str, parmi: str | None = None) -> None:
    ouvert = sa.text("jusqu_a IS NULL" + (f" AND {parmi}" if parmi else ""))
    op.create_index(nom, table, list(colonnes), unique=True, sqlite_where=ouvert, postgresql_where=ouvert)


def _histoire_sqlite(table: str) -> None:
    """SQLite compares column by column: every one but those that closing writes."""
    colonnes = [ligne[1] for ligne in op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})")]
    immuables = " OR ".join(f"NEW.{nom} IS NOT OLD.{nom}" for nom in colonnes if nom not in FERMETURE)
    op.execute(f"DROP TRIGGER IF EXISTS {table}_histoire")
    op.execute(
        f"CREATE TRIGGER {table}_histoire BEFORE UPDATE ON {table}"
        f" WHEN OLD.jusqu_a IS NOT NULL OR NEW.jusqu_a IS NULL OR {immuables}"
        " BEGIN SELECT RAISE(ABORT, 'a link is closed once and never rewritten'); END"
    )
    op.execute(
        f"CREATE TRIGGER IF NOT EXISTS {table}_memoire BEFORE DELETE ON {table}"
        " BEGIN SELECT RAISE(ABORT, 'a link is never deleted'); END"
    )


def _histoire_postgresql() -> None:
    """The one function for all links, which now lets `clos_motif` be written with the close; the new links get it."""
    sans = " - 'jusqu_a' - 'clos_par' - 'clos_motif'"
    op.execute(
        "CREATE OR REPLACE FUNCTION garder_l_histoire() RETURNS trigger LANGUAGE plpgsql AS $garder$ BEGIN"
        " IF TG_OP <> 'UPDATE' THEN"
        " RAISE EXCEPTION 'a link is never deleted' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        " IF OLD.jusqu_a IS NOT NULL OR NEW.jusqu_a IS NULL"
        f" OR to_jsonb(NEW){sans} IS DISTINCT FROM to_jsonb(OLD){sans} THEN"
        " RAISE EXCEPTION 'a link is closed once and never rewritten'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        " RETURN NEW; END $garder$"
    )
    for table in NOUVEAUX:
        op.execute(
            f"CREATE TRIGGER {table}_histoire BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION garder_l_histoire()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_memoire BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION garder_l_histoire()"
        )
