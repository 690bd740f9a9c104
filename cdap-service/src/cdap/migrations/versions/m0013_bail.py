"""Which relay of this service may rank and publish."""

from socle.migrations import creer_bail_v1

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the table."""
    creer_bail_v1()
