"""The gateway's own outbox: what it refuses to a known user, and what it could not hand to a service.

Invariant (law 2): the event is committed before the answer leaves, or the answer is 503 `trace-impossible`.
A user over a limit leaves one event a minute, with the count of that minute's refusals, which all carry its receipt.
"""

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from dataclasses import dataclass, field

import orjson
from sqlalchemy.exc import SQLAlchemyError
from uuid_utils.compat import uuid7

from gateway.adapters.decomptes import Decomptes
from gateway.domain.refus import JetonRevoque, ServiceIndisponible, TropDeDemandes
from gateway.usecases.operation import Operation
from socle.acces import Acces
from socle.evenement import composer
from socle.refus import AccesRefuse, Refus
from socle.travail import TraceImpossible, Travail

TRACES = (AccesRefuse, JetonRevoque, ServiceIndisponible)
REFUSEE = "gateway.requete.refusee"
"""What a refusal leaves where the operation itself leaves no event."""
MINUTE_S, CALME_S, PAS_S = 60.0, 2.0, 0.5
RETENUS_MAX = 10_000
logger = logging.getLogger(__name__)


class RegistreOutbox:
    """Writes in a thread: a commit waits for the disk."""

    def __init__(self, travail: Travail[None], fils: Executor) -> None:
        self._travail = travail
        self._fils = fils
        self._decomptes = Decomptes(travail.engine)
        self._minutes: OrderedDict[str, _Minute] = OrderedDict()

    def tracer(self, operation: Operation, acces: Callable[[], Acces]) -> AbstractAsyncContextManager[None]:
        """Record a refusal of the door, or a service that gave no answer, and give it its receipt. Being cut at
        the end of the process is one of them."""
        return _Trace(self, operation, acces)

    async def retenir(self, operation: Operation, acces: Acces, faute: BaseException) -> None:
        """Record this one, if it is to be. Raises ServiceIndisponible for a request that was cut, TraceImpossible."""
        evenement = operation.regle.evenement or REFUSEE
        if acces.sujet is None:
            return
        if isinstance(faute, TropDeDemandes):
            faute.recu = await self._compter(evenement, acces, faute)
        elif isinstance(faute, TRACES):
            faute.recu = await _sans_coupure(self._inscrire(evenement, acces, faute))
        elif isinstance(faute, asyncio.CancelledError):
            arret = ServiceIndisponible("arret")
            arret.recu = await self._inscrire(evenement, acces, arret)
            raise arret from None

    async def fermer(self) -> None:
        """Keep what was counted last."""
        boucle = asyncio.get_running_loop()
        for minute in list(self._minutes.values()):
            await asyncio.wait([minute.inscription])
            if minute.nombre > minute.garde and not minute.a_echoue():
                await boucle.run_in_executor(self._fils, self._garder, minute)

    async def _compter(self, evenement: str, acces: Acces, refus: Refus) -> str:
        """The receipt of this user's minute; the first refusal of it waits for the disk, the others are counted."""
        sujet, maintenant = str(acces.sujet), time.monotonic()
        minute = self._minutes.get(sujet)
        if minute is None or maintenant - minute.debut >= MINUTE_S or minute.a_echoue():
            minute = _Minute(self._composer(evenement, acces, refus), maintenant, time.time() + MINUTE_S)
            boucle = asyncio.get_running_loop()
            minute.inscription = boucle.run_in_executor(self._fils, self._ouvrir, minute)
            self._minutes.pop(sujet, None)
            self._minutes[sujet] = minute
            if len(self._minutes) > RETENUS_MAX:
                self._minutes.popitem(last=False)
        else:
            minute.nombre += 1
            if minute.suite is None or minute.suite.done():
                minute.suite = asyncio.create_task(self._suivre(minute))
        return await _sans_coupure(minute.inscription)

    async def _suivre(self, minute: "_Minute") -> None:
        """Keep the count, now and then: a flood of requests must not become a flood of commits."""
        await asyncio.wait([minute.inscription])
        await asyncio.sleep(PAS_S)
        with suppress(TraceImpossible):  # it will be kept with the next one; the refusal itself is on the disk
            await asyncio.get_running_loop().run_in_executor(self._fils, self._garder, minute)

    def _ouvrir(self, minute: "_Minute") -> str:
        with _ou_rien():
            minute.garde = minute.nombre
            self._decomptes.ouvrir(minute.recu, minute.corps, minute.garde, minute.a_rendre(calme=True))
        return minute.recu

    def _garder(self, minute: "_Minute") -> None:
        """Once its event has been written, what else that minute brings is one more event, at its end."""
        with _ou_rien():
            nombre, dit = minute.nombre, minute.dit
            if self._decomptes.noter(minute.recu, nombre - dit, minute.a_rendre(calme=not dit)):
                minute.garde = nombre
                return
            minute.dit = minute.garde
            minute.recu, minute.corps = _copie(minute.corps)
            self._decomptes.ouvrir(minute.recu, minute.corps, nombre - minute.dit, minute.a_rendre(calme=False))
            minute.garde = nombre

    def _composer(self, evenement: str, acces: Acces, refus: Refus) -> bytes:
        return composer(
            id=uuid7(), source=self._travail.source, type=evenement, instant=self._travail.horloge(), acces=acces,
            groupe=None, issue=refus.issue, cause=refus.cause, notes={"nombre": 1},
        )  # fmt: skip

    def _inscrire(self, evenement: str, acces: Acces, refus: Refus) -> asyncio.Future[str]:
        return asyncio.get_running_loop().run_in_executor(self._fils, self._ecrire, evenement, acces, refus)

    def _ecrire(self, evenement: str, acces: Acces, refus: Refus) -> str:
        """The receipt. Raises TraceImpossible."""
        with suppress(*TRACES), self._travail.acte(evenement, acces) as acte:
            raise refus
        return acte.recu


class _Trace(AbstractAsyncContextManager[None]):
    """One passage; it costs nothing where nothing is refused."""

    __slots__ = ("_acces", "_operation", "_registre")

    def __init__(self, registre: RegistreOutbox, operation: Operation, acces: Callable[[], Acces]) -> None:
        self._registre, self._operation, self._acces = registre, operation, acces

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, genre: object, faute: BaseException | None, pile: object) -> None:
        if faute is not None:
            await self._registre.retenir(self._operation, self._acces(), faute)


async def _sans_coupure(inscription: asyncio.Future[str]) -> str:
    """The receipt, even if this request is cut while it is being written: then it is written all the same."""
    try:
        return await asyncio.shield(inscription)
    except asyncio.CancelledError:
        return await inscription


@dataclass
class _Minute:
    """A user's minute over a limit. `nombre` are its refusals, `garde` those on the disk, `dit` those that an event
    has told; `debut` is a monotonic time, `fin` one of the epoch, in seconds."""

    corps: bytes
    debut: float
    fin: float
    nombre: int = 1
    garde: int = 0
    dit: int = 0
    recu: str = ""
    inscription: asyncio.Future[str] = field(init=False)
    suite: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.recu = str(json.loads(self.corps)["id"])

    def a_rendre(self, *, calme: bool) -> float:
        """When the event is due: at the end of the minute, or sooner if nothing more comes."""
        return min(self.fin, time.time() + CALME_S) if calme else self.fin

    def a_echoue(self) -> bool:
        """Whether it could not be kept at all."""
        fait = self.inscription
        return fait.done() and (fait.cancelled() or fait.exception() is not None)


def _copie(corps: bytes) -> tuple[str, bytes]:
    """The same event under an id of its own."""
    evenement = json.loads(corps)
    evenement["id"] = str(uuid7())
    return evenement["id"], orjson.dumps(evenement, option=orjson.OPT_SORT_KEYS)


@contextmanager
def _ou_rien() -> Iterator[None]:
    """Raises TraceImpossible for what the database refuses."""
    try:
        yield
    except SQLAlchemyError as faute:
        logger.error("trace impossible", extra={"faute": faute.__class__.__name__, "acte": "limite"})
        raise TraceImpossible() from None
