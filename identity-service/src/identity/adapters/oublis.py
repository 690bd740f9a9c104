"""Captchas that were answered, and those who said that they have forgotten their password.

Invariant: a captcha serves once; an address that nobody has is never stored.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from identity.adapters.tables import captchas_utilises, oublis


class CaptchasSql:
    """Captchas that were answered, over one connection."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def utiliser(self, numero: str, expire_a: datetime) -> bool:
        """Note that this captcha was answered; false if it was already."""
        try:
            with self._connexion.begin_nested():
                self._connexion.execute(insert(captchas_utilises).values(numero=numero, expire_a=expire_a.timestamp()))
        except IntegrityError:
            return False
        return True


class OublisSql:
    """The queue, over one connection."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def enfiler(self, identifiants: Sequence[str], instant: datetime) -> None:
        """Have them helped after the commit; where there is nobody, a place is taken all the same."""
        places: Sequence[str | None] = identifiants or [None]
        self._connexion.execute(
            insert(oublis),
            [
                {"id": str(uuid7()), "identifiant": identifiant, "demande_a": instant.timestamp()}
                for identifiant in places
            ],
        )

    def en_attente(self) -> list[tuple[str, str]]:
        """The entries that wait and the accounts that they name, the oldest first."""
        requete = select(oublis.c.id, oublis.c.identifiant).where(oublis.c.identifiant.is_not(None))
        return [(ligne.id, ligne.identifiant) for ligne in self._connexion.execute(requete.order_by(oublis.c.id))]

    def prendre(self, id: str) -> bool:
        """Take an entry out; false if somebody else did."""
        return self._connexion.execute(delete(oublis).where(oublis.c.id == id)).rowcount == 1
