"""Under which group something was asked of the Caf; and how many messages one person wrote lately."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column, unknown for what was asked before, and the index."""
    for table in ("attestations_par_courrier", "messages"):
        op.add_column(table, sa.Column("groupe", sa.String(64)))
    op.create_index("messages_sujet", "messages", ["sujet", "cree_a"])
