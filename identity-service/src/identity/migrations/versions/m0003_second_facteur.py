"""The second factor: secrets, sealed; recovery codes, by their print; who requires it.

Every time is a number of seconds since the epoch, in UTC.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "seconds_facteurs",
        sa.Column("identifiant", sa.String(15), sa.ForeignKey("comptes.identifiant"), primary_key=True),
        sa.Column("scelle", sa.String(200)),
        sa.Column("en_attente", sa.String(200)),
        sa.Column("dernier_pas", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "codes_de_recuperation",
        sa.Column("empreinte", sa.String(64), primary_key=True),
        sa.Column("identifiant", sa.String(15), sa.ForeignKey("comptes.identifiant"), nullable=False),
    )
    op.create_index("codes_du_compte", "codes_de_recuperation", ["identifiant"])
    op.create_table(
        "exigences",
        sa.Column("cible", sa.String(40), primary_key=True),
        sa.Column("par", sa.String(40), nullable=False),
        sa.Column("depuis", sa.Float, nullable=False),
    )
