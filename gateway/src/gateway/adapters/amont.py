"""The way to the services: a pool of connections for each, whole answers, no redirect, no cookie.

Invariant: what a service may have taken is never sent again, since nobody can tell whether it had begun; what it
certainly has not is sent to whoever of it can be reached (ADR 39). An answer is handed on whole or not at all; and
it is never the answer to another request (`adapters/connexion.py`).
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from urllib.parse import urlsplit

from gateway.adapters.adresses import Adresses, Resoudre, resoudre
from gateway.adapters.connexion import INJOIGNABLE, LENTE, Connexion, NonPrise
from gateway.adapters.mesures import REPRISES
from gateway.adapters.places import Places
from gateway.domain.messages import Envoi, Reponse
from gateway.domain.refus import ServiceIndisponible

CONNEXION_S = 0.5
PAUSES_S, PATIENCE_S = (0.05, 0.1, 0.2), 1.5
"""When a service that nobody answers for is asked again, and how long at most: a name that has just changed, a socket
between two processes. A service that is down for longer is said to be down (and its circuit opens)."""
REPRISES_MAX = 5
OISIVETE_S = 3.0  # less than the 5 s after which uvicorn closes an idle connection: the one that closes is us
AGE_S = 10.0  # then it is made anew: a replica that has just come gets its share
PAR_SERVICE = 100


class AmontHttp:
    """Speaks to each service at its root URL; opened in the loop that uses it."""

    def __init__(self, urls: Mapping[str, str], resoudre: Resoudre = resoudre) -> None:
        self._services = {service: _Reserve(service, url, resoudre) for service, url in urls.items()}

    async def envoyer(self, service: str, envoi: Envoi) -> Reponse:
        """The whole answer of the service. Raises ServiceIndisponible, whose cause says how it failed."""
        return await self._services[service].envoyer(envoi)

    async def fermer(self) -> None:
        """Close every idle connection."""
        for reserve in self._services.values():
            reserve.fermer()


class _Reserve:
    """The connections to one service: at most `PAR_SERVICE` in use, those used last are taken first."""

    def __init__(self, service: str, url: str, resoudre: Resoudre) -> None:
        racine = urlsplit(url)
        self._service = service
        self._tls = racine.scheme == "https"
        self._hote = racine.netloc.encode("ascii")
        self._nom = racine.hostname or ""
        self._port = racine.port or (443 if self._tls else 80)
        self._adresses = Adresses(self._nom, self._port, resoudre)
        self._libres: deque[Connexion] = deque()
        self._places = Places(PAR_SERVICE)

    async def envoyer(self, envoi: Envoi) -> Reponse:
        """At once where a connection is free; else by a task, which may wait for one."""
        fin = time.monotonic() + envoi.delai_s
        if self._places.prendre():
            try:
                connexion = self._prendre()
                if connexion is not None:
                    return await self._echanger(connexion, envoi, fin)
            except NonPrise:
                REPRISES.labels(self._service).inc()
            finally:
                self._places.rendre()
        return await asyncio.create_task(self._patienter(envoi, fin))

    async def _patienter(self, envoi: Envoi, fin: float) -> Reponse:
        try:
            async with asyncio.timeout(fin - time.monotonic()):
                await self._places.attendre()
                try:
                    return await self._insister(envoi, fin)
                finally:
                    self._places.rendre()
        except TimeoutError:
            raise ServiceIndisponible(LENTE) from None

    async def _insister(self, envoi: Envoi, fin: float) -> Reponse:
        for _ in range(REPRISES_MAX):
            connexion = self._prendre() or await self._ouvrir()
            try:
                return await self._echanger(connexion, envoi, fin)
            except NonPrise:
                REPRISES.labels(self._service).inc()
        raise ServiceIndisponible(INJOIGNABLE)

    async def _echanger(self, connexion: Connexion, envoi: Envoi, fin: float) -> Reponse:
        try:
            reponse = await connexion.echanger(envoi, self._hote, fin - time.monotonic())
        finally:
            if not connexion.libre:  # it failed, hung, or says that it leaves
                self._adresses.ecarter(connexion.adresse)
        if connexion.libre:
            self._libres.append(connexion)
        return reponse

    def fermer(self) -> None:
        while self._libres:
            self._libres.pop().fermer()

    def _prendre(self) -> Connexion | None:
        """An idle connection that is still clean; those that are not, or have been idle for long, are closed."""
        maintenant = time.monotonic()
        while self._libres and self._libres[0].libre_depuis < maintenant - OISIVETE_S:
            self._libres.popleft().fermer()
        while self._libres:
            connexion = self._libres.pop()
            jeune = connexion.ouverte_a > maintenant - AGE_S
            if jeune and connexion.propre and not self._adresses.a_eviter(connexion.adresse):
                return connexion
            connexion.fermer()
        return None

    async def _ouvrir(self) -> Connexion:
        """A new connection to the first address that takes one; nothing has been sent to the others."""
        fin = time.monotonic() + PATIENCE_S
        for pause in (*PAUSES_S, None):
            for adresse in await self._lieux():
                connexion = await self._joindre(adresse)
                if connexion is not None:
                    return connexion
                self._adresses.ecarter(adresse)
            if pause is None or time.monotonic() > fin:
                break
            await asyncio.sleep(pause)
            self._adresses.oublier()
        raise ServiceIndisponible(INJOIGNABLE)

    async def _lieux(self) -> list[str]:
        try:
            return await self._adresses.dans_l_ordre()
        except OSError:
            return []

    async def _joindre(self, adresse: str) -> Connexion | None:
        boucle, nom = asyncio.get_running_loop(), self._nom if self._tls else None
        try:
            async with asyncio.timeout(CONNEXION_S):
                _, connexion = await boucle.create_connection(
                    lambda: Connexion(adresse), adresse, self._port, ssl=self._tls or None, server_hostname=nom
                )
        except (OSError, TimeoutError):
            return None
        return connexion
