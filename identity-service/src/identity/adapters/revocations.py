"""The feed of ended sessions, which the gateway follows."""

from collections.abc import Collection

from sqlalchemy import Connection, select

from identity.adapters.tables import fil_ordre
from socle import fil


class RevocationsSql:
    """The feed, over the connection of an act."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def inscrire(self, sids: Collection[str]) -> None:
        """Say that no token of these sessions is worth anything; nothing is said of none.

        The lock on one row keeps numbers in the order of commit where writers do not wait for one another.
        """
        if sids:
            self._connexion.execute(select(fil_ordre.c.id).with_for_update())
            fil.inscrire(self._connexion, {"sids": sorted(sids)})
