"""What is wrong with the database, as far as an operator can mend it: away, refused, not migrated, or newer.

Invariant: it is looked at, never changed; alembic itself is not needed for that, nor loaded.
"""

import re
import sqlite3
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import errors
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError

from socle.causes import CONSTATS, Cause
from socle.database import BaseAbsente, lecture
from socle.postgresql import SansSecret
from socle.secret import SecretIllisible

_SANS_TABLE = ("no such table", "no such column", "table ")
_REVISION = re.compile(r'^(down_)?revision\b[^=\n]*=\s*"([^"]+)"', re.MULTILINE)


@dataclass(frozen=True)
class Revisions:
    """Those that this code knows, and the newest of them."""

    connues: frozenset[str]
    tete: str


def revisions(paquet: str) -> Revisions | None:
    """The revisions of a service, read in its files; None where it has none."""
    trouve = find_spec(paquet)
    dossiers = trouve.submodule_search_locations if trouve else None
    ecrites = [
        _REVISION.findall(fichier.read_text(encoding="utf-8"))
        for fichier in Path(next(iter(dossiers), "")).glob("migrations/versions/*.py")
    ] if dossiers else []  # fmt: skip
    siennes = {revision for lues in ecrites for descend, revision in lues if not descend}
    depassees = {revision for lues in ecrites for descend, revision in lues if descend}
    tetes = siennes - depassees
    return Revisions(frozenset(siennes), tetes.pop()) if len(tetes) == 1 else None


def regarder(engine: Engine, attendues: Revisions | None) -> Cause | None:
    """What is wrong with the database now, or None."""
    try:
        with lecture(engine) as connexion:
            if attendues is None:
                connexion.execute(text("SELECT 1"))
                return None
            presente = connexion.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError as faute:
        return nature(faute) or Cause.BASE
    if presente == attendues.tete:
        return None
    return Cause.MIGRATIONS if presente is None or presente in attendues.connues else Cause.BASE_RECENTE


def dire(faute: BaseException) -> bool:
    """Say the cause that a fault tells; whether it tells one. An unreadable secret has said it itself."""
    cause = nature(faute)
    if cause is not None and cause != Cause.SECRET:
        CONSTATS.constater(cause)
    return cause is not None


def nature(faute: BaseException) -> Cause | None:
    """The cause that a fault of the database or of a secret tells; None where it is another kind of fault."""
    origine = faute.orig if isinstance(faute, DBAPIError) else faute
    if isinstance(origine, SecretIllisible | SansSecret):
        return Cause.SECRET
    if isinstance(origine, BaseAbsente | errors.UndefinedTable | errors.UndefinedColumn):
        return Cause.MIGRATIONS
    if isinstance(origine, errors.InsufficientPrivilege | errors.InvalidAuthorizationSpecification):
        return Cause.BASE_REFUSEE
    if isinstance(origine, sqlite3.OperationalError):
        return Cause.MIGRATIONS if str(origine).startswith(_SANS_TABLE) else Cause.BASE
    if isinstance(origine, psycopg.OperationalError):
        if "certificate verify failed" in str(origine) or "server certificate for" in str(origine):
            return Cause.BASE_CERTIFICAT
        # What the server says is in its own language. Having been given a password, it refuses who asks.
        return Cause.BASE_REFUSEE if origine.pgconn is not None and origine.pgconn.used_password else Cause.BASE
    est_la_base = isinstance(faute, TimeoutError) or (isinstance(faute, DBAPIError) and faute.connection_invalidated)
    return Cause.BASE if est_la_base or isinstance(origine, psycopg.InterfaceError) else None
