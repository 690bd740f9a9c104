"""The collector: one thread per source asks for what comes after the journal's head, for as long as it runs.

Invariant: killed anywhere, it loses and doubles nothing: what is not in the journal is asked for again. A source
that is away delays no other, and is in the journal again within 2 s of its return.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from audit.adapters.sources import Source
from audit.domain.accueil import Suite
from audit.usecases.accueillir import accueillir
from audit.usecases.ports import Registre
from audit.usecases.reprendre import reprendre
from socle.refus import VoisinIndisponible
from socle.revision import dire

LIMITE = 500
ATTENTE_S = 1
"""Short, so that the collector and its sources stop within a second; a poll that waits costs little."""

REPOS_S = 5.0
"""Between two looks at a source whose events a broker brings."""

PAUSE_MIN_S, PAUSE_MAX_S, NOTRE_PAUSE_MAX_S = 0.1, 1.0, 8.0
NOTRE_BASE = "notre_base"
"""How a step went that our own database stopped: the process says that, once for all sources."""

ARRET_S = 1.0
MINUTE_S = 60.0
PREMIER_S = 5.0
"""A journal that has just begun is witnessed sooner."""
logger = logging.getLogger(__name__)


class Suivi:
    """Follows one source until `arret`; where a broker brings the events, it only looks every `repos_s` seconds
    whether one was left out, or at once when it is told so (`reveil`)."""

    def __init__(self, source: Source, registre: Registre, arret: threading.Event, repos_s: float = 0.0) -> None:
        self._source = source
        self._registre = registre
        self._arret = arret
        self._repos_s = repos_s
        self._pause_s = PAUSE_MIN_S
        self._etat = ""
        self._tout_lu = True
        self.reveil = threading.Event()

    def suivre(self) -> None:
        """Ask, take in, ask again; slower and slower while that does not succeed, but never more than 1 s apart, or
        8 s where it is our own database that is wrong."""
        while not self._arret.is_set():
            etat = self._avancer()
            self._dire(etat)
            if etat == Suite.A_JOUR:
                self._pause_s = PAUSE_MIN_S
                self._reposer()
            else:
                self._arret.wait(self._pause_s)
                au_plus_s = NOTRE_PAUSE_MAX_S if etat == NOTRE_BASE else PAUSE_MAX_S
                self._pause_s = min(self._pause_s * 2, au_plus_s)

    def _reposer(self) -> None:
        if self._repos_s and self._tout_lu and not self._arret.is_set():
            self.reveil.wait(self._repos_s)
            self.reveil.clear()

    def _avancer(self) -> str:
        """One step; in a word, how it went."""
        try:
            apres = reprendre(self._registre, self._source.nom)
            if apres is None:
                return Suite.ARRETEE
            lot = self._source.demander(apres, LIMITE, 0 if self._repos_s else ATTENTE_S)
            self._tout_lu = len(lot.recus) < LIMITE
            if self._arret.is_set():
                return Suite.A_JOUR
            return accueillir(self._registre, self._source.nom, lot).suite
        except VoisinIndisponible as absence:
            return absence.cause
        except Exception as faute:  # noqa: BLE001 -- told in the log and tried again; no source stops another
            return NOTRE_BASE if dire(faute) else faute.__class__.__name__

    def _dire(self, etat: str) -> None:
        """Log a change of state, not each attempt."""
        if etat not in (self._etat, NOTRE_BASE):
            niveau = logging.INFO if etat == Suite.A_JOUR else logging.WARNING
            logger.log(niveau, "source", extra={"source": self._source.nom, "cause": etat})
            self._etat = etat


def collecter(
    suivis: Sequence[Suivi],
    arret: threading.Event,
    temoigner: Callable[[], object],
    chaque_s: float = MINUTE_S,
    recevoir: Callable[[], None] | None = None,
) -> None:
    """Follow all sources until `arret`, and `recevoir` what a broker brings.

    `temoigner` is called at the start, 5 s later, every `chaque_s` seconds, and at the end.
    """
    faits = [suivi.suivre for suivi in suivis] + ([recevoir] if recevoir else [])
    fils = [threading.Thread(target=fait, daemon=True) for fait in faits]
    for fil in fils:
        fil.start()
    _essayer(temoigner)
    attente_s = min(PREMIER_S, chaque_s)
    while not arret.wait(attente_s):
        _essayer(temoigner)
        attente_s = chaque_s
    for suivi in suivis:
        suivi.reveil.set()
    fin = time.monotonic() + ARRET_S
    for fil in fils:
        # A thread that is still waiting for an answer holds no transaction, and may be left behind.
        fil.join(max(0.0, fin - time.monotonic()))
    _essayer(temoigner)


def _essayer(temoigner: Callable[[], object]) -> None:
    """A witness that cannot be written is told, and written at the next minute; the collection goes on."""
    try:
        temoigner()
    except Exception as faute:  # noqa: BLE001 -- told in the log and tried again
        if not dire(faute):
            logger.error("témoins non écrits", extra={"faute": faute.__class__.__name__})
