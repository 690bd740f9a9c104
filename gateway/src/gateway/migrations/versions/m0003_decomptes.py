"""Refusals for being over a limit, while they are counted: one row becomes one event."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table. `a_rendre` is a time of the epoch, in seconds: from then on the relay writes the event."""
    op.create_table(
        "decomptes",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("corps", sa.LargeBinary, nullable=False),
        sa.Column("nombre", sa.BigInteger, nullable=False),
        sa.Column("a_rendre", sa.Float, nullable=False),
    )
    op.create_index("decomptes_a_rendre", "decomptes", ["a_rendre"])
