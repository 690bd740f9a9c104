"""Which relay of this service may rank and publish."""

from socle.migrations import creer_bail_v1

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    creer_bail_v1()
