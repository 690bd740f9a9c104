"""Flask behind ASGI with one hop: a request goes to a thread once, and comes back with its whole answer.

Invariant: an answer of several pieces (an export) is sent piece by piece, and waits for who reads it; only the
others, which are nearly all, are held whole.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from typing import Any

from a2wsgi.wsgi import Body, build_environ

from socle.fils import Fils

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]


class UnSaut:
    """An ASGI application over a WSGI one, which runs in at most `fils` threads. HTTP only."""

    def __init__(self, application: Callable[..., Iterable[bytes]], fils: int) -> None:
        self._application = application
        self.fils = Fils(fils)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Serve one request."""
        boucle = asyncio.get_running_loop()
        environ = build_environ(scope, Body(boucle, receive))

        def envoyer(message: Message) -> None:
            asyncio.run_coroutine_threadsafe(_attendre(send(message)), boucle).result()

        reste = await self.fils.faire(contextvars.copy_context().run, self._repondre, environ, envoyer)
        for message in reste:
            await send(message)

    def _repondre(self, environ: Any, envoyer: Callable[[Message], None]) -> list[Message]:
        """In a thread. What remains to be sent: all of it, or what follows the pieces that have been."""
        debut: Message = {"type": "http.response.start"}

        def start_response(statut: str, entetes: list[tuple[str, str]], exc_info: Any = None) -> None:
            debut["status"] = int(statut[:3])
            debut["headers"] = [(nom.lower().encode("latin-1"), val.encode("latin-1")) for nom, val in entetes]

        rendu = self._application(environ, start_response)
        try:
            morceaux = iter(rendu)
            corps, suivant = next(morceaux, b""), next(morceaux, None)
            if suivant is None:
                return [debut, _morceau(corps)]
            envoyer(debut)
            for morceau in _tous(corps, suivant, morceaux):
                envoyer(_morceau(morceau, suite=True))
            return [_morceau(b"")]
        finally:
            getattr(rendu, "close", lambda: None)()


def _tous(premier: bytes, deuxieme: bytes, suite: Iterator[bytes]) -> Iterator[bytes]:
    yield premier
    yield deuxieme
    yield from suite


def _morceau(octets: bytes, *, suite: bool = False) -> Message:
    return {"type": "http.response.body", "body": octets, "more_body": suite}


async def _attendre(chose: Awaitable[None]) -> None:
    await chose
