"""Failed openings are counted by user, for the slowing down."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "echecs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("sujet", sa.String(40), nullable=False),
        sa.Column("a", sa.Float, nullable=False),
    )
    op.create_index("echecs_sujet", "echecs", ["sujet", "a"])
