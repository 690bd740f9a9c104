"""Front ends of others are registered and removed, by command."""

from identity.domain.clients import Client, ClientInconnu, tirer_secret, un_client
from identity.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def inscrire_client(
    travail: Travail[Depots], acces: Acces, nom: str, retours: tuple[str, ...], sorties: tuple[str, ...], secret: bool
) -> tuple[Client, str | None]:
    """The new client, and its secret, told this once, where it is to have one. Raises ClientInvalide."""
    with travail.acte("identity.client.inscrit", acces) as acte:
        clair = tirer_secret() if secret else None
        client = un_client(nom, retours, sorties, clair)
        acte.depots.clients.inscrire(client, acte.instant)
        acte.note(objet=client.id)
        return client, clair


def retirer_client(travail: Travail[Depots], acces: Acces, id: str) -> None:
    """It gets no code and no token any more; its id is never given again. Raises ClientInconnu."""
    with travail.acte("identity.client.retire", acces) as acte:
        if not acte.depots.clients.retirer(id, acte.instant):
            raise ClientInconnu("client_inconnu")
        acte.note(objet=id)


def lister_clients(travail: Travail[Depots]) -> list[Client]:
    """Those that are registered, by name."""
    with travail.lecture() as depots:
        return depots.clients.lister()
