"""The stores of identity, bound to the connection of one transaction."""

from dataclasses import dataclass

from sqlalchemy import Connection

from identity.adapters.adresses import AdressesSql
from identity.adapters.comptes import ComptesSql
from identity.adapters.courriels import CourrielsSql
from identity.adapters.freins import FreinsSql
from identity.adapters.oidc import ClientsOidcSql, CodesSql
from identity.adapters.oublis import CaptchasSql, OublisSql
from identity.adapters.revocations import RevocationsSql
from identity.adapters.second_facteur import SecondsFacteursSql
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
    def codes(self) -> CodesSql:
        """Authorization codes."""
        return CodesSql(self.connexion)

    @property
    def clients(self) -> ClientsOidcSql:
        """The front ends of others."""
        return ClientsOidcSql(self.connexion)

    @property
    def courriels(self) -> CourrielsSql:
        """The queue of mails."""
        return CourrielsSql(self.connexion)

    @property
    def adresses(self) -> AdressesSql:
        """From where accounts were opened."""
        return AdressesSql(self.connexion)

    @property
    def freins(self) -> FreinsSql:
        """Counts of failures."""
        return FreinsSql(self.connexion)

    @property
    def revocations(self) -> RevocationsSql:
        """The feed of ended sessions."""
        return RevocationsSql(self.connexion)

    @property
    def captchas(self) -> CaptchasSql:
        """Captchas that were answered."""
        return CaptchasSql(self.connexion)

    @property
    def seconds_facteurs(self) -> SecondsFacteursSql:
        """Second factors and who requires them."""
        return SecondsFacteursSql(self.connexion)

    @property
    def oublis(self) -> OublisSql:
        """Those who have forgotten their password."""
        return OublisSql(self.connexion)
