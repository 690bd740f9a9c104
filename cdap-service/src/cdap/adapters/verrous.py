"""Acts that overlap on PostgreSQL, and would each decide on what the other is about to change, follow one another.

Invariant: a lock is held to the end of its transaction, and that of a consultation is taken before that of its user.
On SQLite who writes is alone already (ADR 32, ADR 36).
"""

from sqlalchemy import Connection, bindparam, func, select

from cdap.adapters.tables import consultations

UTILISATEUR = 36
"""The class of the advisory locks of users: no other lock of this database has two keys."""

_UTILISATEUR = select(func.pg_advisory_xact_lock(UTILISATEUR, func.hashtext(bindparam("sujet"))))
_CONSULTATION = select(consultations.c.id).where(consultations.c.id == bindparam("id")).with_for_update()


def tenir_l_utilisateur(connexion: Connection, sujet: str) -> None:
    """From here on no other act counts what this user has done: failed openings, messages."""
    if connexion.dialect.name == "postgresql":
        connexion.execute(_UTILISATEUR, {"sujet": sujet})


def tenir_la_consultation(connexion: Connection, id: str) -> None:
    """From here on no other act looks for what hangs off this consultation: its letter, its messages."""
    connexion.execute(_CONSULTATION, {"id": id})
