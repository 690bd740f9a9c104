"""The answer repeats the number of the exchange that the gateway gave: on a connection that is used again, nothing
else tells a late second answer from the awaited one (ADR 12)."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

ENTETE = b"mcp-echange"

Message = MutableMapping[str, Any]
Application = Callable[[Any, Any, Callable[[Message], Awaitable[None]]], Awaitable[None]]


class Echange:
    """Wraps an ASGI application; a request without a number is answered without one."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Any, receive: Any, send: Callable[[Message], Awaitable[None]]) -> None:
        """Serve one request, or the lifespan."""
        entetes = scope.get("headers", ()) if scope["type"] == "http" else ()
        numero = next((valeur for nom, valeur in entetes if nom == ENTETE), None)

        async def repeter(message: Message) -> None:
            if message["type"] == "http.response.start" and numero is not None:
                message["headers"] = [*message.get("headers", ()), (ENTETE, numero)]
            await send(message)

        await self._application(scope, receive, repeter)
