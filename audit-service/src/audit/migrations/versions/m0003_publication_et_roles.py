"""How far audit's own events are published; and on PostgreSQL, who may change the journal: the relay's role purges,
what serves and what collects only adds and reads."""

import sqlalchemy as sa
from alembic import op

from socle.migrations import creer_publication_v1

revision = "0003"
down_revision = "0002"

POSTGRESQL = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mcp_app') THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON journal FROM mcp_app;
    REVOKE UPDATE, TRUNCATE ON journal FROM mcp_relay;
  END IF;
END $$
"""


def upgrade() -> None:
    """Make the table, and take rights back."""
    creer_publication_v1()
    if op.get_context().dialect.name == "postgresql":
        op.execute(sa.text(POSTGRESQL))
