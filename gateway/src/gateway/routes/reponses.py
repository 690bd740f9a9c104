"""Answers of the gateway on the wire: always whole, always with the headers of security."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from gateway.domain.messages import Reponse
from gateway.domain.refus import MethodeInconnue, TropGrand
from gateway.routes.corps import Receive, vider
from socle import problemes

Send = Callable[[dict[str, Any]], Awaitable[None]]
DEFAUTS = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
SECURITE = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer")]
_SANS_CORPS = (204, 304)
_VIDAGE_MAX, _VIDAGE_S = 8 << 20, 2.0


def refuser(faute: BaseException, trace: str) -> Reponse:
    """The problem that a fault is told as."""
    probleme = problemes.depuis(faute, trace)
    entetes = [(nom.lower().encode(), valeur.encode()) for nom, valeur in probleme.entetes.items()]
    entetes.append((b"content-type", problemes.MIME.encode()))
    if isinstance(faute, MethodeInconnue):
        entetes.append((b"allow", ", ".join(faute.permises).encode()))
    if isinstance(faute, TropGrand):
        entetes.append((b"connection", b"close"))
    return Reponse(probleme.statut, entetes, probleme.corps())


async def envoyer(reponse: Reponse, send: Send, receive: Receive) -> None:
    """Send it. After `Connection: close` what the client is still sending is swallowed, within bounds."""
    presents = {nom for nom, _ in reponse.entetes}
    entetes = [*reponse.entetes, *SECURITE, *(defaut for defaut in DEFAUTS if defaut[0] not in presents)]
    if reponse.statut not in _SANS_CORPS:
        entetes.append((b"content-length", str(len(reponse.corps)).encode()))
    await send({"type": "http.response.start", "status": reponse.statut, "headers": entetes})
    if b"connection" in presents:
        await send({"type": "http.response.body", "body": reponse.corps, "more_body": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(_VIDAGE_S):
                await vider(receive, _VIDAGE_MAX)
        await send({"type": "http.response.body", "body": b""})
    else:
        await send({"type": "http.response.body", "body": reponse.corps})
