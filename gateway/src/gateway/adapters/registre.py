"""The gateway's own outbox: what it refuses to a known user, and what it could not hand to a service.

Invariant (law 2): the event is committed before the answer leaves, or the answer is 503 `trace-impossible`.
A user over a limit leaves one event a minute, whose receipt all refusals of that minute carry.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager, suppress

from gateway.domain.refus import JetonRevoque, ServiceIndisponible, TropDeDemandes
from gateway.usecases.operation import Operation
from socle.acces import Acces
from socle.refus import AccesRefuse, Refus
from socle.travail import Travail

TRACES = (AccesRefuse, JetonRevoque, ServiceIndisponible)
MINUTE_S = 60.0
RETENUS_MAX = 10_000


class RegistreOutbox:
    """Writes in a thread: a commit waits for the disk."""

    def __init__(self, travail: Travail[None], fils: Executor) -> None:
        self._travail = travail
        self._fils = fils
        self._limites: OrderedDict[str, tuple[float, asyncio.Future[str]]] = OrderedDict()

    @asynccontextmanager
    async def tracer(self, operation: Operation, acces: Acces) -> AsyncIterator[None]:
        """Record a refusal of the door, or a service that gave no answer, and give it its receipt. Being cut at
        the end of the process is one of them."""
        evenement = operation.regle.evenement
        if evenement is None or acces.sujet is None:
            yield
            return
        try:
            yield
        except TropDeDemandes as refus:
            refus.recu = await self._une_par_minute(evenement, acces, refus)
            raise
        except TRACES as refus:
            refus.recu = await _sans_coupure(self._inscrire(evenement, acces, refus))
            raise
        except asyncio.CancelledError:
            arret = ServiceIndisponible("arret")
            arret.recu = await self._inscrire(evenement, acces, arret)
            raise arret from None

    async def _une_par_minute(self, evenement: str, acces: Acces, refus: Refus) -> str:
        sujet, maintenant = str(acces.sujet), time.monotonic()
        depuis, inscription = self._limites.get(sujet, (0.0, None))
        if inscription is None or maintenant - depuis >= MINUTE_S or _a_echoue(inscription):
            inscription = self._inscrire(evenement, acces, refus)
            self._limites.pop(sujet, None)
            self._limites[sujet] = (maintenant, inscription)
            if len(self._limites) > RETENUS_MAX:
                self._limites.popitem(last=False)
        return await _sans_coupure(inscription)

    def _inscrire(self, evenement: str, acces: Acces, refus: Refus) -> asyncio.Future[str]:
        return asyncio.get_running_loop().run_in_executor(self._fils, self._ecrire, evenement, acces, refus)

    def _ecrire(self, evenement: str, acces: Acces, refus: Refus) -> str:
        """The receipt. Raises TraceImpossible."""
        with suppress(*TRACES, TropDeDemandes), self._travail.acte(evenement, acces) as acte:
            raise refus
        return acte.recu


async def _sans_coupure(inscription: asyncio.Future[str]) -> str:
    """The receipt, even if this request is cut while it is being written: then it is written all the same."""
    try:
        return await asyncio.shield(inscription)
    except asyncio.CancelledError:
        return await inscription


def _a_echoue(inscription: asyncio.Future[str]) -> bool:
    return inscription.done() and (inscription.cancelled() or inscription.exception() is not None)
