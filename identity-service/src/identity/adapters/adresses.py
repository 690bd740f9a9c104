"""From where each account was opened, so that a stranger cannot slow its owner down, and is told to her."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from identity.adapters.tables import adresses_connues


class AdressesSql:
    """Known addresses, over one connection."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def connait(self, identifiant: str, adresse: str, depuis: datetime) -> bool:
        """Whether that account was opened from there since then."""
        vue_a = self._connexion.execute(
            select(adresses_connues.c.vue_a).where(
                adresses_connues.c.identifiant == identifiant, adresses_connues.c.adresse == adresse
            )
        ).scalar_one_or_none()
        return vue_a is not None and vue_a > depuis.timestamp()

    def retenir(self, identifiant: str, adresse: str, instant: datetime) -> None:
        """It was opened from there now."""
        if self._revoir(identifiant, adresse, instant):
            return
        try:
            with self._connexion.begin_nested():
                self._connexion.execute(
                    insert(adresses_connues).values(identifiant=identifiant, adresse=adresse, vue_a=instant.timestamp())
                )
        except IntegrityError:  # another login from there was first
            self._revoir(identifiant, adresse, instant)

    def _revoir(self, identifiant: str, adresse: str, instant: datetime) -> bool:
        fait = self._connexion.execute(
            update(adresses_connues)
            .where(adresses_connues.c.identifiant == identifiant, adresses_connues.c.adresse == adresse)
            .values(vue_a=instant.timestamp())
        )
        return fait.rowcount == 1
