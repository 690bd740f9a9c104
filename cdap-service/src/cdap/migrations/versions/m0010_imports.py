"""Imports are kept, with their place in the file; a dossier knows how fresh its sections are."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables; dossiers that were there before have no date, and yield to any."""
    op.add_column("dossiers", sa.Column("arretes", sa.LargeBinary))
    op.add_column("dossiers", sa.Column("import_id", sa.Integer))
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.Column("organisme", sa.String(3), nullable=False),
        sa.Column("nature", sa.String(40)),
        sa.Column("arrete", sa.String(40)),
        sa.Column("annonces", sa.Integer),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("pris", sa.Integer, nullable=False),
        sa.Column("anciens", sa.Integer, nullable=False),
        sa.Column("rejets", sa.Integer, nullable=False),
        sa.Column("commence_a", sa.Float, nullable=False),
        sa.Column("fini_a", sa.Float),
        sqlite_autoincrement=True,
    )
    op.create_index("imports_empreinte", "imports", ["empreinte", "organisme"], unique=True)
    op.create_table(
        "imports_rejets",
        sa.Column("import_id", sa.Integer, primary_key=True),
        sa.Column("rang", sa.Integer, primary_key=True),
        sa.Column("place", sa.String(60), nullable=False),
        sa.Column("champ", sa.String(200)),
        sa.Column("raison", sa.String(200), nullable=False),
    )
