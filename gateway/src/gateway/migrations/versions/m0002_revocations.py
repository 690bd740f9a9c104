"""What the gateway keeps of the two feeds of revocations: their entries, and how far each was read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make both tables. `recu_a` is a time of the epoch, in seconds, by the gateway's clock."""
    op.create_table(
        "revocations",
        sa.Column("source", sa.String(32), primary_key=True),
        sa.Column("numero", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("recu_a", sa.Float, nullable=False),
        sa.Column("contenu", sa.Text, nullable=False),
    )
    op.create_index("revocations_recu_a", "revocations", ["recu_a"])
    op.create_table(
        "fils_suivis",
        sa.Column("source", sa.String(32), primary_key=True),
        sa.Column("numero", sa.BigInteger, nullable=False),
        sa.Column("preuve", sa.Text, nullable=False),
    )
