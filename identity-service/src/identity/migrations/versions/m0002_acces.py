"""Sessions have an end, accounts can be closed; what slows guessing down, revocations, forgotten passwords.

Every time is a number of seconds since the epoch, in UTC.
"""

import sqlalchemy as sa
from alembic import op

from socle.migrations import creer_fil_v1

revision = "0002"
down_revision = "0001"

DUREE_MAX_S = 12 * 3600


def upgrade() -> None:
    """Grow what is there, and make what is new."""
    _finir_les_sessions()
    _fermer_les_comptes()
    _creer_les_freins()
    _creer_les_oublis()
    creer_fil_v1()
    ordre = op.create_table("fil_ordre", sa.Column("id", sa.Integer, primary_key=True))
    op.bulk_insert(ordre, [{"id": 1}])


def _finir_les_sessions() -> None:
    op.add_column("sessions", sa.Column("adresse", sa.String(45)))
    op.add_column("sessions", sa.Column("vue_a", sa.Float, nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("fin_a", sa.Float, nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("expire_a", sa.Float, nullable=False, server_default="0"))
    fin = f"ouverte_a + {DUREE_MAX_S}"
    op.execute(f"UPDATE sessions SET vue_a = ouverte_a, fin_a = {fin}, expire_a = {fin}")
    op.create_index("sessions_finies", "sessions", ["fin_a"])
    op.create_index("jetons_de_la_session", "jetons_rafraichissement", ["sid"])


def _fermer_les_comptes() -> None:
    op.add_column("comptes", sa.Column("ferme_a", sa.Float))
    op.add_column("comptes", sa.Column("ferme_par", sa.String(40)))
    op.create_index("comptes_par_courriel", "comptes", [sa.text("lower(courriel)")])


def _creer_les_freins() -> None:
    op.create_table(
        "freins",
        sa.Column("cle", sa.String(64), primary_key=True),
        sa.Column("echecs", sa.Integer, nullable=False),
        sa.Column("dernier_a", sa.Float, nullable=False),
    )
    op.create_index("freins_anciens", "freins", ["dernier_a"])
    op.create_table(
        "adresses_connues",
        sa.Column("identifiant", sa.String(15), sa.ForeignKey("comptes.identifiant"), primary_key=True),
        sa.Column("adresse", sa.String(45), primary_key=True),
        sa.Column("vue_a", sa.Float, nullable=False),
    )


def _creer_les_oublis() -> None:
    op.create_table(
        "captchas_utilises",
        sa.Column("numero", sa.String(36), primary_key=True),
        sa.Column("expire_a", sa.Float, nullable=False),
    )
    op.create_table(
        "oublis",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("identifiant", sa.String(15), sa.ForeignKey("comptes.identifiant")),
        sa.Column("demande_a", sa.Float, nullable=False),
    )
    op.create_table(
        "mots_de_passe_de_secours",
        sa.Column("identifiant", sa.String(15), sa.ForeignKey("comptes.identifiant"), primary_key=True),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.Column("expire_a", sa.Float, nullable=False),
        sa.Column("cree_a", sa.Float, nullable=False),
    )
