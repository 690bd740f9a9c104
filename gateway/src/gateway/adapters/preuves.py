"""The service tokens that prove the gateway to the services, kept so that no request waits for identity.

Invariant: a request is never held up by them for more than `PATIENCE_S`; without one it goes on, and the
service records the peer's address.
"""

import asyncio
import logging
import time
from collections.abc import Iterable
from concurrent.futures import Executor

from socle.refus import VoisinIndisponible
from socle.voisins import JetonsDeService

REDEMANDER_S = 30.0
REESSAYER_S = 2.0
PATIENCE_S = 0.25
logger = logging.getLogger(__name__)


class PreuvesGardees:
    """`jetons` gives a token for a service and may block: asked in a thread, again every 30 s (it renews at half
    of a token's life), or 2 s after a failure."""

    def __init__(self, jetons: JetonsDeService, fils: Executor) -> None:
        self._jetons = jetons
        self._fils = fils
        self._connues: dict[str, bytes | None] = {}
        self._redemander_a: dict[str, float] = {}
        self._demandes: dict[str, asyncio.Task[None]] = {}

    async def pour(self, service: str) -> bytes | None:
        """A service token for it, or None if none can be had soon."""
        if time.monotonic() >= self._redemander_a.get(service, 0.0):
            demande = self._demander(service)
            if self._connues.get(service) is None:
                await asyncio.wait([demande], timeout=PATIENCE_S)
        return self._connues.get(service)

    async def oublier(self, service: str) -> None:
        """That service refused its token: ask for another one."""
        if self._connues.pop(service, None) is not None:
            await asyncio.get_running_loop().run_in_executor(self._fils, self._jetons.oublier, service)
            self._redemander_a[service] = 0.0

    def preparer(self, services: Iterable[str]) -> None:
        """Ask for all of them, without waiting."""
        for service in services:
            self._demander(service)

    def _demander(self, service: str) -> asyncio.Task[None]:
        en_cours = self._demandes.get(service)
        if en_cours is None or en_cours.done():
            en_cours = self._demandes[service] = asyncio.create_task(self._renouveler(service))
        return en_cours

    async def _renouveler(self, service: str) -> None:
        self._redemander_a[service] = time.monotonic() + REESSAYER_S
        try:
            jeton = await asyncio.get_running_loop().run_in_executor(self._fils, self._jetons, service)
        except (VoisinIndisponible, KeyError, ValueError, TypeError) as faute:
            if self._connues.get(service, b"") is not None:  # once, however often it is asked for again
                logger.warning("jeton de service absent", extra={"faute": faute.__class__.__name__, "source": service})
            self._connues[service] = None
        else:
            self._connues[service] = jeton.encode("ascii")
            self._redemander_a[service] = time.monotonic() + REDEMANDER_S
