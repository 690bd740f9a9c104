"""How far the events of this service are published, when a broker is configured."""

from socle.migrations import creer_publication_v1

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    creer_publication_v1()
