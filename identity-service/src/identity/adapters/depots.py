"""The stores of identity, bound to the connection of one transaction."""

from dataclasses import dataclass

from sqlalchemy import Connection

from identity.adapters.comptes import ComptesSql
from identity.adapters.courriels import CourrielsSql
from identity.adapters.sessions import SessionsSql


@dataclass(frozen=True)
class DepotsSql:
    """What `acte.depots` gives."""

    connexion: Connection

    @property
    def comptes(self) -> ComptesSql:
        """Accounts, roles, passwords."""
        return ComptesSql(self.connexion)

    @property
    def sessions(self) -> SessionsSql:
        """Sessions and refresh tokens."""
        return SessionsSql(self.connexion)

    @property
    def courriels(self) -> CourrielsSql:
        """The queue of mails."""
        return CourrielsSql(self.connexion)
