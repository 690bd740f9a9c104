"""The relay: a process beside the service that ranks what its acts have committed, and does its other chores.

Invariant: killed anywhere, it loses and doubles nothing; all of its work is transactions on the database.
"""

import logging
import signal
import threading
from collections.abc import Callable, Sequence

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from socle.outbox import en_attente_depuis, ranger
from socle.veille import Veille

BALAYAGE_S = 1.0
PAR_LOT = 500
logger = logging.getLogger(__name__)


def tourner(
    engine: Engine,
    arret: threading.Event,
    corvees: Sequence[Callable[[], None]] = (),
    balayage_s: float = BALAYAGE_S,
) -> None:
    """Rank and do the chores at each commit of the service, and every `balayage_s` seconds besides, until `arret`.

    A database that is away is waited for: the relay says so and tries again.
    """
    veille = None
    while not arret.is_set():
        try:
            veille = veille or Veille(engine)
            while en_attente_depuis(engine) is not None and ranger(engine, PAR_LOT):
                pass
            for corvee in corvees:
                corvee()
            veille.attendre(balayage_s)
        except SQLAlchemyError as faute:
            logger.error("base indisponible", extra={"faute": faute.__class__.__name__})
            veille = None
            arret.wait(balayage_s)
    if veille is not None:
        veille.fermer()


def arret_sur_signal() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    arret = threading.Event()
    for numero in (signal.SIGTERM, signal.SIGINT):
        signal.signal(numero, lambda *_: arret.set())
    return arret
