"""CDAP begins: dossiers, consultations, outbox."""

import sqlalchemy as sa
from alembic import op

from socle.migrations import creer_outbox_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "dossiers",
        sa.Column("organisme", sa.String(3), primary_key=True),
        sa.Column("numero_allocataire", sa.String(7), primary_key=True),
        sa.Column("contenu", sa.LargeBinary, nullable=False),
        sa.Column("maj_a", sa.Float, nullable=False),
    )
    op.create_table(
        "consultations",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("sujet", sa.String(40), nullable=False),
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("groupe", sa.String(64), nullable=False),
        sa.Column("organisme", sa.String(3), nullable=False),
        sa.Column("numero_allocataire", sa.String(7), nullable=False),
        sa.Column("numero_instructeur", sa.String(40)),
        sa.Column("numero_bailleur", sa.String(40)),
        sa.Column("ouverte_a", sa.Float, nullable=False),
        sa.Column("expire_a", sa.Float, nullable=False),
    )
    op.create_index("consultations_expire_a", "consultations", ["expire_a"])
    creer_outbox_v1()
