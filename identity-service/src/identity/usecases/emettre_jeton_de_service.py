"""A service asks for a token with which it calls another; nobody's data, so no event."""

from datetime import datetime
from typing import Protocol

from identity.domain.jetons import VIE_SERVICE, jeton_de_service, peut_viser
from identity.domain.mots_de_passe import IdentifiantsErrones
from identity.usecases.ports import Signataire


class Clients(Protocol):
    """The services that have a secret with us."""

    def prouve(self, client: str, secret: str) -> bool:
        """Whether this is the secret of that client."""


def emettre_jeton_de_service(
    clients: Clients, signataire: Signataire, issuer: str, client: str, secret: str, cible: str, instant: datetime
) -> tuple[str, int]:
    """The token, and its life in seconds. Raises IdentifiantsErrones, also for a target it never calls."""
    if not clients.prouve(client, secret):
        raise IdentifiantsErrones("secret_errone")
    if not peut_viser(client, cible):
        raise IdentifiantsErrones("cible_interdite")
    jeton = signataire.signer(jeton_de_service(issuer, client, cible, instant))
    return jeton, int(VIE_SERVICE.total_seconds())
