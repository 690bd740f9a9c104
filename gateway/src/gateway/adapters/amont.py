"""The way to the services: a pool of connections for each, whole answers, no redirect, no cookie, no retry.

Invariant: what was written is never written again, since nobody can tell whether the service had begun; an answer
is handed on whole or not at all; and it is never the answer to another request (`adapters/connexion.py`).
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from urllib.parse import urlsplit

from gateway.adapters.connexion import INJOIGNABLE, Connexion
from gateway.domain.messages import Envoi, Reponse
from gateway.domain.refus import ServiceIndisponible

CONNEXION_S = 0.5
OISIVETE_S = 3.0  # less than the 5 s after which uvicorn closes an idle connection: the one that closes is us
PAR_SERVICE = 100
LENTE = "delai_depasse"


class AmontHttp:
    """Speaks to each service at its root URL; opened in the loop that uses it."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._services = {service: _Reserve(url) for service, url in urls.items()}

    async def envoyer(self, service: str, envoi: Envoi) -> Reponse:
        """The whole answer of the service. Raises ServiceIndisponible, whose cause says how it failed."""
        try:
            async with asyncio.timeout(envoi.delai_s):
                return await self._services[service].envoyer(envoi)
        except TimeoutError:
            raise ServiceIndisponible(LENTE) from None

    async def fermer(self) -> None:
        """Close every idle connection."""
        for reserve in self._services.values():
            reserve.fermer()


class _Reserve:
    """The connections to one service: at most `PAR_SERVICE` in use, those used last are taken first."""

    def __init__(self, url: str) -> None:
        racine = urlsplit(url)
        self._tls = racine.scheme == "https"
        self._hote = racine.netloc.encode("ascii")
        self._adresse = racine.hostname or ""
        self._port = racine.port or (443 if self._tls else 80)
        self._libres: deque[Connexion] = deque()
        self._places = asyncio.Semaphore(PAR_SERVICE)

    async def envoyer(self, envoi: Envoi) -> Reponse:
        async with self._places:
            connexion = self._prendre() or await self._ouvrir()
            reponse = await connexion.echanger(envoi, self._hote)
            if connexion.libre:
                self._libres.append(connexion)
            return reponse

    def fermer(self) -> None:
        while self._libres:
            self._libres.pop().fermer()

    def _prendre(self) -> Connexion | None:
        """An idle connection that is still clean; those that are not, or have been idle for long, are closed."""
        limite = time.monotonic() - OISIVETE_S
        while self._libres and self._libres[0].libre_depuis < limite:
            self._libres.popleft().fermer()
        while self._libres:
            connexion = self._libres.pop()
            if connexion.propre:
                return connexion
            connexion.fermer()
        return None

    async def _ouvrir(self) -> Connexion:
        boucle = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNEXION_S):
                _, connexion = await boucle.create_connection(
                    Connexion, self._adresse, self._port, ssl=self._tls or None
                )
        except (OSError, TimeoutError):
            raise ServiceIndisponible(INJOIGNABLE) from None
        return connexion
