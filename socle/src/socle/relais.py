"""The relay: a process beside the service that ranks what its acts have committed, and does its other chores.

Invariant: killed anywhere, it loses and doubles nothing; all of its work is transactions on the database, and those
that rank or publish are undone where another relay has taken the lease.
"""

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence

from sqlalchemy import Engine

from socle.bail import Bail, BailPerdu
from socle.causes import Pauses
from socle.outbox import ranger
from socle.revision import dire
from socle.veille import Veille

BALAYAGE_S = 1.0
PAUSE_MAX_S = 8.0
PAR_LOT = 500
ARRET_S = 2.0
MINUTE_S = 60.0
logger = logging.getLogger(__name__)


class Connu(Exception):
    """A chore that cannot be done, for a cause that it has said itself (`socle.causes`)."""


def tourner(
    engine: Engine,
    arret: threading.Event,
    corvees: Sequence[Callable[[], None]] = (),
    balayage_s: float = BALAYAGE_S,
    bail: Bail | None = None,
) -> None:
    """Rank, and do the chores, at each commit of the service and every `balayage_s` seconds besides, until `arret`.

    Each in a thread of its own: a mail server that is silent must not keep events from their rank. A chore that is
    still busy at the end is left behind: all that it does must bear that.
    """
    bail = bail or Bail(engine)
    fils = [
        threading.Thread(target=_repeter, args=(engine, arret, fait, balayage_s), daemon=True)
        for fait in (avec(bail, lambda: ranger(engine, PAR_LOT, bail)), *corvees)
    ]
    for fil in fils:
        fil.start()
    arret.wait()
    for fil in fils:
        fil.join(ARRET_S)
    bail.rendre()


def avec(bail: Bail, lot: Callable[[], int]) -> Callable[[], None]:
    """Batch after batch while there are any and while the lease is ours; who has lost it waits for its end."""

    def tout() -> None:
        with contextlib.suppress(BailPerdu):
            while bail.prendre() and lot():
                pass

    return tout


def chaque(secondes: float, corvee: Callable[[], None]) -> Callable[[], None]:
    """The same chore, done at most once in so many seconds: dropping what is over need not follow each commit."""
    prochaine = 0.0

    def faire() -> None:
        nonlocal prochaine
        if time.monotonic() >= prochaine:
            prochaine = time.monotonic() + secondes
            corvee()

    return faire


def _repeter(engine: Engine, arret: threading.Event, fait: Callable[[], None], balayage_s: float) -> None:
    """Do it again and again; a database that is away, and any other fault, is told once and waited for."""
    veille, pauses, dite = None, Pauses(balayage_s, PAUSE_MAX_S), ""
    while not arret.is_set():
        try:
            veille = veille or Veille(engine)
            fait()
            if dite:
                logger.info("corvée reprise", extra={"faute": dite})
            pauses.reprendre()
            dite = ""
            veille.attendre(balayage_s)
        except Exception as faute:  # noqa: BLE001 -- told in the log and tried again: a relay that died ranks nothing
            nom = faute.__class__.__name__
            if not isinstance(faute, Connu) and not dire(faute) and nom != dite:
                logger.error("corvée en échec", extra={"faute": nom})
                dite = nom
            if veille is not None:
                veille.fermer()
            veille = None
            arret.wait(pauses.suivante())
    if veille is not None:
        veille.fermer()


def arret_sur_signal() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    arret = threading.Event()
    for numero in (signal.SIGTERM, signal.SIGINT):
        signal.signal(numero, lambda *_: arret.set())
    return arret
