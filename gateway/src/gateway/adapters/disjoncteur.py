"""A circuit for each service: one that is down is refused at once, and asked in the background whether it is back.

Invariant: a service that is down is never asked by a client's request whether it is back; one that lives and hangs is,
by one request at a time and for `ESSAI_S` at most (ADR 24). What one service does never delays a request to another.
"""

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import replace

from gateway.adapters.connexion import INJOIGNABLE, LENTE
from gateway.adapters.mesures import CIRCUIT
from gateway.domain.messages import Envoi, Reponse
from gateway.domain.refus import ServiceIndisponible
from gateway.usecases.ports import Amont

OUVERT = "circuit_ouvert"
ECHECS_MAX = 5
SONDE_S = 0.5
ESSAI_S = 2.0
_SONDE = Envoi("GET", b"/_vie", b"", [], b"", SONDE_S)
logger = logging.getLogger(__name__)


class Disjoncteur:
    """An `Amont` over another. Five failures in a row to get an answer open the circuit of a service; an answer to
    `/_vie`, asked every half second by a way of its own, closes it. Where the service hung, that answer proves little:
    then it is half open, and the first whole answer to a request closes it."""

    def __init__(self, amont: Amont, sonde: Amont, services: Iterable[str]) -> None:
        self._amont = amont
        self._sonde = sonde
        self._echecs = dict.fromkeys(services, 0)
        self._sondes: dict[str, asyncio.Task[None]] = {}
        self._a_demi: set[str] = set()
        self._essais: set[str] = set()
        for service in self._echecs:
            CIRCUIT.labels(service).set(0)

    async def envoyer(self, service: str, envoi: Envoi) -> Reponse:
        """The whole answer of the service. Raises ServiceIndisponible."""
        if service in self._sondes or service in self._essais:
            raise ServiceIndisponible(OUVERT)
        if service in self._a_demi:
            return await self._essayer(service, replace(envoi, delai_s=min(envoi.delai_s, ESSAI_S)))
        try:
            reponse = await self._amont.envoyer(service, envoi)
        except ServiceIndisponible as refus:
            if refus.cause in (INJOIGNABLE, LENTE):
                self._compter(service, refus.cause)
            raise
        self._echecs[service] = 0
        return reponse

    async def _essayer(self, service: str, envoi: Envoi) -> Reponse:
        """The one request that a service which hung gets."""
        self._essais.add(service)
        try:
            reponse = await self._amont.envoyer(service, envoi)
        except ServiceIndisponible as refus:
            if refus.cause in (INJOIGNABLE, LENTE):
                self._ouvrir(service, refus.cause)
            raise
        finally:
            self._essais.discard(service)
        self._fermer(service)
        return reponse

    async def fermer(self) -> None:
        """Stop probing."""
        for sonde in self._sondes.values():
            sonde.cancel()
        await asyncio.gather(*self._sondes.values(), return_exceptions=True)

    def _compter(self, service: str, cause: str) -> None:
        self._echecs[service] += 1
        if self._echecs[service] >= ECHECS_MAX and service not in self._sondes:
            logger.warning("circuit ouvert", extra={"source": service})
            self._ouvrir(service, cause)

    def _ouvrir(self, service: str, cause: str) -> None:
        CIRCUIT.labels(service).set(1)
        if cause == LENTE:
            self._a_demi.add(service)
        if service in self._sondes:  # requests that left before the circuit opened come back one after the other
            return
        self._sondes[service] = asyncio.create_task(self._sonder(service))

    def _fermer(self, service: str) -> None:
        logger.warning("circuit ferme", extra={"source": service})
        CIRCUIT.labels(service).set(0)
        self._a_demi.discard(service)
        self._echecs[service] = 0

    async def _sonder(self, service: str) -> None:
        while not await self._vit(service):
            await asyncio.sleep(SONDE_S)
        if service not in self._a_demi:
            self._fermer(service)
        self._sondes.pop(service, None)

    async def _vit(self, service: str) -> bool:
        try:
            return (await self._sonde.envoyer(service, _SONDE)).statut < 500
        except ServiceIndisponible:
            return False
