"""Alembic, without a file of configuration: each service's `migrations/versions`, and the outbox that all have."""

import logging
from pathlib import Path

import sqlalchemy as sa
from alembic import command, context, op
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from socle.outbox import ORIGINE


def migrer(engine: Engine, dossier: Path) -> None:
    """Bring the database to the newest revision; running it again, or twice at once, changes nothing.

    The engine was opened with `creer`: its transactions wait for one another.
    """
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with engine.begin() as connexion:
        configuration = _configuration(dossier)
        configuration.attributes["connexion"] = connexion
        command.upgrade(configuration, "head")


def jouer() -> None:
    """What each service's `migrations/env.py` runs, inside `migrer`."""
    context.configure(connection=context.config.attributes["connexion"], transactional_ddl=True)
    context.run_migrations()


def a_jour(engine: Engine, dossier: Path) -> bool:
    """Whether the database is at the newest revision that this code knows."""
    tete = ScriptDirectory.from_config(_configuration(dossier)).get_current_head()
    with engine.connect().execution_options(lecture=True) as connexion:
        return MigrationContext.configure(connexion).get_current_revision() == tete


def creer_outbox_v1() -> None:
    """The tables of `socle.outbox`, as they were first made; never changed, a later form is a `_v2`."""
    op.create_table(
        "outbox",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(36), nullable=False, unique=True),
        sa.Column("corps", sa.LargeBinary, nullable=False),
        sa.Column("inscrit_a", sa.Float, nullable=False),
        sa.Column("rang", sa.BigInteger, unique=True),
        sa.Column("version", sa.Integer),
        sa.Column("precedente", sa.String(64)),
        sa.Column("empreinte", sa.String(64)),
        sqlite_autoincrement=True,
    )
    sans_rang = sa.text("rang IS NULL")
    op.create_index("outbox_en_attente", "outbox", ["seq"], sqlite_where=sans_rang, postgresql_where=sans_rang)
    tete = op.create_table(
        "outbox_tete",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("rang", sa.BigInteger, nullable=False),
        sa.Column("empreinte", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name="outbox_tete_unique"),
    )
    op.bulk_insert(tete, [{"id": 1, "rang": 0, "empreinte": ORIGINE}])


def creer_publication_v1() -> None:
    """The table of `socle.publication`, as it was first made."""
    publication = op.create_table(
        "outbox_publication",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("rang", sa.BigInteger, nullable=False),
        sa.CheckConstraint("id = 1", name="outbox_publication_unique"),
    )
    op.bulk_insert(publication, [{"id": 1, "rang": 0}])


def creer_bail_v1() -> None:
    """The table of `socle.bail`, as it was first made; a relay of before does not look at it."""
    bail = op.create_table(
        "outbox_bail",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("porteur", sa.String(32)),
        sa.Column("jusqu_a", sa.Float, nullable=False),
        sa.CheckConstraint("id = 1", name="outbox_bail_unique"),
    )
    op.bulk_insert(bail, [{"id": 1, "porteur": None, "jusqu_a": 0.0}])


def creer_fil_v1() -> None:
    """The table of `socle.fil`, as it was first made."""
    op.create_table(
        "fil",
        sa.Column("numero", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("a", sa.Float, nullable=False),
        sa.Column("contenu", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("fil_a", "fil", ["a"])


def _configuration(dossier: Path) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(dossier).replace("%", "%%"))
    return configuration
