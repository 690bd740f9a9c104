"""The gateway's own outbox: what it refuses to a known user, and what it could not hand to a service.

Invariant (law 2): the event is committed before the answer leaves, or the answer is 503 `trace-impossible`.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import asynccontextmanager, suppress

from gateway.domain.refus import ServiceIndisponible
from gateway.usecases.operation import Operation
from socle.acces import Acces
from socle.refus import AccesRefuse
from socle.travail import Travail


class RegistreOutbox:
    """Writes in a thread: a commit waits for the disk."""

    def __init__(self, travail: Travail[None], fils: Executor) -> None:
        self._travail = travail
        self._fils = fils

    @asynccontextmanager
    async def tracer(self, operation: Operation, acces: Acces) -> AsyncIterator[None]:
        """Record an AccesRefuse or a ServiceIndisponible that leaves the block, and give it its receipt."""
        try:
            yield
        except (AccesRefuse, ServiceIndisponible) as refus:
            evenement = operation.regle.evenement
            if evenement is not None and acces.sujet is not None:
                boucle = asyncio.get_running_loop()
                refus.recu = await boucle.run_in_executor(self._fils, self._inscrire, evenement, acces, refus)
            raise

    def _inscrire(self, evenement: str, acces: Acces, refus: AccesRefuse | ServiceIndisponible) -> str:
        """The receipt. Raises TraceImpossible."""
        with suppress(AccesRefuse, ServiceIndisponible), self._travail.acte(evenement, acces) as acte:
            raise refus
        return acte.recu
