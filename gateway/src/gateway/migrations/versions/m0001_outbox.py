"""The gateway's own database begins: its outbox."""

from socle.migrations import creer_outbox_v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the outbox."""
    creer_outbox_v1()
