"""The purge of the whole house: the journal behind its points, then each source's own events."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from audit.domain.purge import PointContredit
from audit.usecases.ports import Depots, Registre, Temoins
from audit.usecases.purger import a_purger, effacer, points, poser_le_point
from socle.acces import Acces
from socle.refus import VoisinIndisponible
from socle.travail import TraceImpossible, Travail

PREMIERE_S = 60.0
JOUR_S = 86_400.0
logger = logging.getLogger(__name__)


class Purgeable(Protocol):
    """A source that lets its own events go."""

    def purger(self, jusqu_a: int) -> int:
        """Up to this rank; how many went. Raises VoisinIndisponible."""
        ...


@dataclass(frozen=True, slots=True)
class Rapport:
    """What became of one source: its point, how many entries went, and how many events in the source itself."""

    source: str
    rang: int
    entrees: int
    evenements: int | None
    """None where the source did not answer: it is asked again at the next purge."""


def purger(
    travail: Travail[Depots],
    registre: Registre,
    temoins: Temoins,
    sources: Mapping[str, Purgeable],
    avant: datetime,
    acces: Acces,
) -> Iterator[Rapport]:
    """Purge every source; one that contradicts its witness, or is away, keeps no other from it."""
    for purge in a_purger(registre, temoins, sources, avant):
        try:
            poser_le_point(travail, acces, purge)
        except (PointContredit, TraceImpossible) as refus:
            logger.error("purge refusée", extra={"source": purge.source, "cause": refus.cause})
    for source, point in points(registre, sources).items():
        entrees = effacer(registre, source)
        try:
            evenements: int | None = sources[source].purger(point.rang)
        except VoisinIndisponible as absence:
            logger.warning("source non purgée", extra={"source": source, "cause": absence.cause})
            evenements = None
        yield Rapport(source, point.rang, entrees, evenements)


def chaque_jour(
    arret: threading.Event, fait: Callable[[], object], premiere_s: float = PREMIERE_S, chaque_s: float = JOUR_S
) -> threading.Thread:
    """A minute after the start, then every day until `arret`, in a thread of its own; a failure waits for the next."""

    def repeter() -> None:
        attente_s = premiere_s
        while not arret.wait(attente_s):
            try:
                fait()
            except Exception as faute:  # noqa: BLE001 -- told in the log and tried again
                logger.error("purge en échec", extra={"faute": faute.__class__.__name__})
            attente_s = chaque_s

    fil = threading.Thread(target=repeter, name="purge", daemon=True)
    fil.start()
    return fil
