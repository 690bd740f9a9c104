"""Front ends of others: who they are, their codes, and the sessions that a browser carries.

Every time is a number of seconds since the epoch, in UTC.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Grow what is there, and make what is new."""
    op.add_column("sessions", sa.Column("navigateur", sa.String(64)))
    op.create_index("sessions_du_navigateur", "sessions", ["navigateur"], unique=True)
    op.add_column("jetons_rafraichissement", sa.Column("client", sa.String(40)))
    op.create_table(
        "clients_oidc",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("nom", sa.String(100), nullable=False),
        sa.Column("empreinte", sa.String(64)),
        sa.Column("inscrit_a", sa.Float, nullable=False),
        sa.Column("retire_a", sa.Float),
    )
    op.create_table(
        "adresses_oidc",
        sa.Column("client", sa.String(40), sa.ForeignKey("clients_oidc.id"), primary_key=True),
        sa.Column("genre", sa.String(10), primary_key=True),
        sa.Column("adresse", sa.String(500), primary_key=True),
    )
    op.create_table(
        "codes_oidc",
        sa.Column("empreinte", sa.String(64), primary_key=True),
        sa.Column("client", sa.String(40), sa.ForeignKey("clients_oidc.id"), nullable=False),
        sa.Column("retour", sa.String(500), nullable=False),
        sa.Column("defi", sa.String(43), nullable=False),
        sa.Column("nonce", sa.String(1024)),
        sa.Column("sid", sa.String(36), nullable=False),
        sa.Column("identifiant", sa.String(15), sa.ForeignKey("comptes.identifiant"), nullable=False),
        sa.Column("emis_a", sa.Float, nullable=False),
        sa.Column("expire_a", sa.Float, nullable=False),
        sa.Column("consomme_a", sa.Float),
        sa.Column("donne", sa.Boolean, nullable=False),
    )
    op.create_index("codes_anciens", "codes_oidc", ["expire_a"])
