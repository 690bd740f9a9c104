"""Following the feeds of revocations of identity and habilitation, by long poll.

Invariant: an entry is applied before it is kept, and kept before the cursor goes past it. A service that is away,
or that has no feed yet, is asked again and again; what is known meanwhile stays applied.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any

import orjson
from sqlalchemy.exc import SQLAlchemyError

from gateway.adapters.memoire import Entree, Memoire, Repere
from gateway.adapters.mesures import FIL_SUIVI, REVOCATIONS
from gateway.adapters.preuves import PreuvesGardees
from gateway.domain.messages import Envoi
from gateway.domain.revocations import GARDE_S, Revocations
from gateway.usecases.ports import Amont
from socle.causes import Pauses
from socle.revision import dire

SOURCES = ("identity", "habilitation")
ATTENTE_S = 2  # seconds that a service holds the request: it can stop, and we can, in that time
MARGE_S = 2.0
LIMITE = 500
REESSAI_S, PAS_S = 0.25, 0.05
PREMIER_TOUR_S = 1.0
PURGE_S = 30.0
logger = logging.getLogger(__name__)


class FilMuet(Exception):
    """The feed did not answer as its contract says."""


class PreuveManquante(FilMuet):
    """There is no service token yet, or the service did not take it."""


class Suiveur:
    """Follows the feed of one service."""

    def __init__(
        self,
        source: str,
        amont: Amont,
        preuves: PreuvesGardees,
        memoire: Memoire,
        revocations: Revocations,
        fils: Executor,
    ) -> None:
        self.source = source
        self._amont = amont
        self._preuves = preuves
        self._memoire = memoire
        self._revocations = revocations
        self._fils = fils
        self._repere = Repere()

    async def reprendre(self) -> None:
        """Go on where the last process stopped, and catch up if the service can be reached."""
        self._repere = await self._en_fil(self._memoire.repere, self.source)
        while True:
            try:
                if await self.tour(0) < LIMITE:
                    return
            except PreuveManquante:
                await asyncio.sleep(PAS_S)

    async def suivre(self) -> None:
        """Until cancelled."""
        muet = False
        while True:
            debut = time.monotonic()
            try:
                lues = await self.tour(ATTENTE_S)
                muet = False
            except Exception as faute:  # noqa: BLE001 -- who stops following no longer cuts anyone
                lues = 0
                if not muet:
                    cause = str(faute) if isinstance(faute, FilMuet) else faute.__class__.__name__
                    logger.warning("fil de revocations muet", extra={"source": self.source, "cause": cause})
                muet = True
            if not lues and (muet or time.monotonic() - debut < REESSAI_S):
                await asyncio.sleep(REESSAI_S)

    async def tour(self, attente: int) -> int:
        """Ask once, apply and keep; how many entries came. Raises FilMuet, ServiceIndisponible."""
        preuve = await self._preuves.pour(self.source) or self._repere.preuve
        if preuve is None:
            raise PreuveManquante("aucune_preuve")
        entrees, dernier = _lire(await self._demander(preuve, attente))
        for entree in entrees:
            self._appliquer(entree)
        FIL_SUIVI.labels(self.source).set_to_current_time()
        numero = entrees[-1].numero if entrees else self._repere.numero
        if dernier < numero:  # the feed has begun again: another database, or an older one
            logger.warning("fil de revocations recommence", extra={"source": self.source})
            numero = 0
        repere = Repere(numero, preuve)
        if repere != self._repere:
            await self._en_fil(self._memoire.garder, self.source, entrees, repere)
            self._repere = repere
        return len(entrees)

    def _appliquer(self, entree: Entree) -> None:
        try:
            self._revocations.ajouter(entree.contenu, entree.recu_a)
        except ValueError:
            logger.error("revocation illisible", extra={"source": self.source, "rang": entree.numero})
        REVOCATIONS.set(len(self._revocations))

    async def _demander(self, preuve: bytes, attente: int) -> bytes:
        envoi = Envoi(
            "GET",
            f"/{self.source}/v1/revocations".encode(),
            f"apres={self._repere.numero}&limite={LIMITE}&attente={attente}".encode(),
            [(b"authorization", b"Bearer " + preuve)],
            b"",
            attente + MARGE_S,
        )
        reponse = await self._amont.envoyer(self.source, envoi)
        if reponse.statut == 401:
            await self._preuves.oublier(self.source)
            raise PreuveManquante("preuve_refusee")
        if reponse.statut != 200:
            raise FilMuet(f"reponse_{reponse.statut}")
        return reponse.corps

    async def _en_fil(self, fonction: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._fils, fonction, *arguments)


class Suivi:
    """Both feeds, from the start of the process to its end."""

    def __init__(self, suiveurs: Sequence[Suiveur], memoire: Memoire, revocations: Revocations, fils: Executor) -> None:
        self._suiveurs = suiveurs
        self._memoire = memoire
        self._revocations = revocations
        self._fils = fils
        self._taches: list[asyncio.Task[None]] = []

    async def commencer(self) -> None:
        """Take up what is kept, catch up with what can be reached within a second, then follow."""
        for entree in await self._se_souvenir():
            with suppress(ValueError):
                self._revocations.ajouter(entree.contenu, entree.recu_a)
        with suppress(TimeoutError):
            async with asyncio.timeout(PREMIER_TOUR_S):
                await asyncio.gather(*(suiveur.reprendre() for suiveur in self._suiveurs), return_exceptions=True)
        self._taches = [asyncio.create_task(tache()) for tache in (*(s.suivre for s in self._suiveurs), self._purger)]

    async def _se_souvenir(self) -> list[Entree]:
        """What is kept. Nobody is let in before it can be read: somebody in it was shut out."""
        boucle, pauses = asyncio.get_running_loop(), Pauses()
        while True:
            try:
                return await boucle.run_in_executor(self._fils, self._memoire.entrees)
            except SQLAlchemyError as faute:
                dire(faute)
                await asyncio.sleep(pauses.suivante())

    async def finir(self) -> None:
        """Stop following."""
        for tache in self._taches:
            tache.cancel()
        await asyncio.gather(*self._taches, return_exceptions=True)

    async def _purger(self) -> None:
        boucle = asyncio.get_running_loop()
        while True:
            avant = time.time() - GARDE_S
            self._revocations.oublier(avant)
            REVOCATIONS.set(len(self._revocations))
            with suppress(SQLAlchemyError):  # they are too old to matter; the next round drops them
                await boucle.run_in_executor(self._fils, self._memoire.oublier, avant)
            await asyncio.sleep(PURGE_S)


def _lire(octets: bytes) -> tuple[list[Entree], int]:
    recu_a = time.time()
    try:
        lu = orjson.loads(octets)
        entrees = [Entree(int(entree["numero"]), dict(entree["contenu"]), recu_a) for entree in lu["entrees"]]
        return entrees, int(lu["dernier"])
    except (ValueError, KeyError, TypeError):
        raise FilMuet("json") from None
