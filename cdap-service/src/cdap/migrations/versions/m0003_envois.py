"""What is handed over to the Caf after the act: attestations by post, messages."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "attestations_par_courrier",
        *_origine(),
        sa.Column("pdf", sa.LargeBinary, nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
        *_envoi(),
    )
    op.create_index("attestations_consultation", "attestations_par_courrier", ["consultation"], unique=True)
    op.create_table(
        "messages",
        *_origine(),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.Column("destinataire", sa.String(255), nullable=False),
        sa.Column("partenaire", sa.String(14)),
        sa.Column("nom_organisme", sa.String(100), nullable=False),
        sa.Column("nom", sa.String(100), nullable=False),
        sa.Column("courriel", sa.String(255), nullable=False),
        sa.Column("avec_numero", sa.Boolean, nullable=False),
        sa.Column("texte", sa.Text, nullable=False),
        *_envoi(),
    )
    op.create_index("messages_empreinte", "messages", ["consultation", "empreinte"], unique=True)
    sans_fin = sa.text("envoye_a IS NULL")
    for table in ("attestations_par_courrier", "messages"):
        op.create_index(
            f"{table}_en_attente", table, ["prochain_essai_a"], sqlite_where=sans_fin, postgresql_where=sans_fin
        )


def _origine() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("sujet", sa.String(40), nullable=False),
        sa.Column("consultation", sa.String(36), nullable=False),
        sa.Column("organisme", sa.String(3), nullable=False),
        sa.Column("numero_allocataire", sa.String(7), nullable=False),
    )


def _envoi() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("cree_a", sa.Float, nullable=False),
        sa.Column("envoye_a", sa.Float),
        sa.Column("essais", sa.Integer, nullable=False),
        sa.Column("prochain_essai_a", sa.Float, nullable=False),
    )
