"""Which front end asks for tokens, and what proves it (RFC 6749, 2.3)."""

from dataclasses import dataclass

from identity.domain.clients import Client
from identity.domain.codes import JetonNonDonne
from identity.usecases.ports import Depots
from socle.travail import Acte, Travail


@dataclass(frozen=True, slots=True)
class ClientPresente:
    """A client as it presents itself; `double` where it does so in two ways at once."""

    id: str | None
    secret: str | None
    double: bool = False


def authentifier(travail: Travail[Depots], acte: Acte[Depots], presente: ClientPresente) -> Client:
    """The client. Raises JetonNonDonne; the event names it only where there is one."""
    if presente.double:
        raise JetonNonDonne("invalid_request", "client_prouve_deux_fois")
    with travail.lecture() as depots:
        client = depots.clients.lire(presente.id) if presente.id else None
    if client is None:
        raise JetonNonDonne("invalid_client", "client_inconnu")
    acte.note(client=client.id)
    if not client.prouve(presente.secret):
        raise JetonNonDonne("invalid_client", "secret_errone")
    return client
