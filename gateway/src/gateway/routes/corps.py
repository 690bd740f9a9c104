"""The body of a request, read from ASGI: bounded, and whole."""

from collections.abc import Awaitable, Callable
from typing import Any

from gateway.domain.entetes import valeurs
from gateway.domain.messages import Entetes
from gateway.domain.refus import TropGrand

Receive = Callable[[], Awaitable[dict[str, Any]]]


class ClientParti(Exception):
    """The client hung up before its request was whole: there is nobody to answer."""


def lecteur(entetes: Entetes, receive: Receive) -> Callable[[int], Awaitable[bytes]]:
    """A function that reads the body of this request, up to a limit in bytes; it raises TropGrand, ClientParti."""

    async def lire(limite: int) -> bytes:
        if any(int(valeur) > limite for valeur in valeurs(entetes, b"content-length")):
            raise TropGrand()
        morceaux, taille, suite = [], 0, True
        while suite:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientParti()
            morceau = message.get("body", b"")
            taille += len(morceau)
            if taille > limite:
                raise TropGrand()
            morceaux.append(morceau)
            suite = message.get("more_body", False)
        return b"".join(morceaux)

    return lire


async def vider(receive: Receive, limite: int) -> None:
    """Read and forget what a client still sends, up to a limit: to cut it off would lose it our answer."""
    recu, suite = 0, True
    while suite and recu <= limite:
        message = await receive()
        recu += len(message.get("body", b""))
        suite = message["type"] == "http.request" and message.get("more_body", False)
