"""The chain of rights: its links, their bounds, and the triggers that keep their history.

A link is closed once (`jusqu_a`, with who closed it) and nothing else of it ever changes, nor goes.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

from socle.migrations import creer_outbox_v1

revision = "0001"
down_revision = None

INSTANT, JOUR, ID, IDENTIFIANT, CODE = sa.String(27), sa.String(10), sa.String(36), sa.String(20), sa.String(60)
LIENS = (
    "partenaires",
    "documents",
    "administrateurs",
    "groupes",
    "habilitations",
    "responsables",
    "profils_cdap",
    "appartenances",
)
ORIGINE = "1970-01-01T00:00:00.000000Z"


def upgrade() -> None:
    """Make everything."""
    creer_outbox_v1()
    _partenaires()
    _groupes()
    _appartenances()
    _version()
    if op.get_context().dialect.name == "postgresql":
        _histoire_postgresql()
    else:
        for table in LIENS:
            _histoire_sqlite(table)


def _partenaires() -> None:
    _lien(
        "partenaires",
        sa.Column("siret", sa.String(14), nullable=False),
        sa.Column("raison_sociale", sa.String(200), nullable=False),
        sa.Column("caf_referente", sa.String(3), nullable=False),
        sa.PrimaryKeyConstraint("siret", name="partenaires_siret"),
    )
    _lien(
        "documents",
        sa.Column("id", ID, primary_key=True),
        _partenaire(),
        sa.Column("genre", sa.String(20), nullable=False),
        sa.Column("signe_le", JOUR, nullable=False),
        sa.Column("service", sa.String(20)),
        sa.Column("profils", sa.Text),
        sa.Column("finalite", CODE),
        sa.Column("fondement", CODE),
        sa.Column("destinataire", CODE),
        sa.CheckConstraint(
            "genre IN ('convention', 'contrat', 'bulletin', 'eligibilite')", name="documents_genre_connu"
        ),
        sa.CheckConstraint(
            "genre <> 'bulletin' OR (service IS NOT NULL AND profils IS NOT NULL AND finalite IS NOT NULL"
            " AND fondement IS NOT NULL AND destinataire IS NOT NULL)",
            name="documents_bulletin_complet",
        ),
    )
    _borne("documents_un_par_genre", "documents", "partenaire", "genre", parmi="genre <> 'bulletin'")
    _borne("documents_un_bulletin_par_service", "documents", "partenaire", "service", parmi="genre = 'bulletin'")
    _lien(
        "administrateurs",
        sa.Column("id", ID, primary_key=True),
        _partenaire(),
        sa.Column("place", sa.String(20), nullable=False),
        sa.Column("identifiant", IDENTIFIANT, nullable=False),
        sa.CheckConstraint("place IN ('principal', 'suppleant')", name="administrateurs_deux_places"),
    )
    _borne("administrateurs_un_par_place", "administrateurs", "partenaire", "place")
    _borne("administrateurs_une_place_par_personne", "administrateurs", "partenaire", "identifiant")


def _groupes() -> None:
    _lien(
        "groupes",
        sa.Column("id", ID, primary_key=True),
        _partenaire(),
        sa.Column("nom", sa.String(100), nullable=False),
    )
    op.create_index("groupes_par_partenaire", "groupes", ["partenaire"])
    _lien(
        "habilitations",
        sa.Column("id", ID, primary_key=True),
        _groupe(),
        sa.Column("bulletin", ID, sa.ForeignKey("documents.id"), nullable=False),
        sa.Column("service", sa.String(20), nullable=False),
        sa.Column("profil", sa.String(20), nullable=False),
        sa.Column("portee", sa.String(20), nullable=False),
        sa.Column("organismes", sa.Text, nullable=False),
        sa.CheckConstraint("portee IN ('mono', 'multi', 'nationale')", name="habilitations_portee_connue"),
    )
    _borne("habilitations_une_par_groupe", "habilitations", "groupe")
    _lien(
        "responsables",
        sa.Column("id", ID, primary_key=True),
        _groupe(),
        sa.Column("identifiant", IDENTIFIANT, nullable=False),
    )
    _borne("responsables_un_par_groupe", "responsables", "groupe")
    op.create_index("responsables_par_identifiant", "responsables", ["identifiant"])


def _appartenances() -> None:
    _lien(
        "profils_cdap",
        sa.Column("id", ID, primary_key=True),
        sa.Column("identifiant", IDENTIFIANT, nullable=False),
        sa.Column("profil", sa.String(20), nullable=False),
        sa.UniqueConstraint("id", "identifiant", name="profils_cdap_de_qui"),
    )
    _borne("profils_cdap_un_par_utilisateur", "profils_cdap", "identifiant")
    _lien(
        "appartenances",
        sa.Column("id", ID, primary_key=True),
        _groupe(),
        sa.Column("identifiant", IDENTIFIANT, nullable=False),
        sa.Column("profil_cdap", ID),
        # The profile is the member's own: without it (another service), nothing is checked.
        sa.ForeignKeyConstraint(
            ["profil_cdap", "identifiant"],
            ["profils_cdap.id", "profils_cdap.identifiant"],
            name="appartenances_profil_du_membre",
        ),
    )
    _borne("appartenances_une_par_membre", "appartenances", "groupe", "identifiant")
    op.create_index("appartenances_par_identifiant", "appartenances", ["identifiant"])


def _version() -> None:
    version = op.create_table(
        "version",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("instant", INSTANT, nullable=False),
        sa.CheckConstraint("id = 1", name="version_unique"),
    )
    op.bulk_insert(version, [{"id": 1, "version": 0, "instant": ORIGINE}])


def _lien(nom: str, *elements: sa.schema.SchemaItem) -> None:
    op.create_table(
        nom,
        *elements,
        sa.Column("depuis", INSTANT, nullable=False),
        sa.Column("jusqu_a", INSTANT),
        sa.Column("par", IDENTIFIANT, nullable=False),
        sa.Column("clos_par", IDENTIFIANT),
        sa.Column("motif", sa.String(200)),
        sa.CheckConstraint("jusqu_a >= depuis", name=f"{nom}_dans_le_temps"),
        sa.CheckConstraint("(jusqu_a IS NULL) = (clos_par IS NULL)", name=f"{nom}_clos_par_quelqu_un"),
    )


def _partenaire() -> sa.Column[str]:
    return sa.Column("partenaire", sa.String(14), sa.ForeignKey("partenaires.siret"), nullable=False)


def _groupe() -> sa.Column[str]:
    return sa.Column("groupe", ID, sa.ForeignKey("groupes.id"), nullable=False)


def _borne(nom: str, table: str, *colonnes: str, parmi: str | None = None) -> None:
    ouvert = sa.text("jusqu_a IS NULL" + (f" AND {parmi}" if parmi else ""))
    op.create_index(nom, table, list(colonnes), unique=True, sqlite_where=ouvert, postgresql_where=ouvert)


def _histoire_sqlite(table: str) -> None:
    """SQLite compares column by column: every one but the two that closing writes."""
    colonnes = [ligne[1] for ligne in op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})")]
    immuables = _differences(colonne for colonne in colonnes if colonne not in ("jusqu_a", "clos_par"))
    op.execute(
        f"CREATE TRIGGER {table}_histoire BEFORE UPDATE ON {table}"
        f" WHEN OLD.jusqu_a IS NOT NULL OR NEW.jusqu_a IS NULL OR {immuables}"
        " BEGIN SELECT RAISE(ABORT, 'a link is closed once and never rewritten'); END"
    )
    op.execute(
        f"CREATE TRIGGER {table}_memoire BEFORE DELETE ON {table}"
        " BEGIN SELECT RAISE(ABORT, 'a link is never deleted'); END"
    )


def _differences(colonnes: Iterable[str]) -> str:
    return " OR ".join(f"NEW.{colonne} IS NOT OLD.{colonne}" for colonne in colonnes)


def _histoire_postgresql() -> None:
    """One function for all links: PostgreSQL compares the rows whole, but for the two that closing writes."""
    op.execute(
        "CREATE FUNCTION garder_l_histoire() RETURNS trigger LANGUAGE plpgsql AS $garder$ BEGIN"
        " IF TG_OP <> 'UPDATE' THEN"
        " RAISE EXCEPTION 'a link is never deleted' USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        " IF OLD.jusqu_a IS NOT NULL OR NEW.jusqu_a IS NULL"
        " OR to_jsonb(NEW) - 'jusqu_a' - 'clos_par' IS DISTINCT FROM to_jsonb(OLD) - 'jusqu_a' - 'clos_par' THEN"
        " RAISE EXCEPTION 'a link is closed once and never rewritten'"
        " USING ERRCODE = 'integrity_constraint_violation'; END IF;"
        " RETURN NEW; END $garder$"
    )
    for table in LIENS:
        op.execute(
            f"CREATE TRIGGER {table}_histoire BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION garder_l_histoire()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_memoire BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION garder_l_histoire()"
        )
