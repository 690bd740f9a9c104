"""Known against unknown, in pairs: the same bytes, and times that cannot be told apart.

Each pair is played in an order that is drawn, on the service's real app in this process: the network, which would
hide what the service tells, is left out. The measure is the AUC of Mann-Whitney: the chance that a known one is
slower than an unknown one; 0.5 where time says nothing. It is taken on the time that goes by, which is what a stranger
sees, and on the time of the processor, which a busy machine disturbs less. With few pairs the bounds are wide enough
not to fail by chance (4 sigma), and narrow enough to fail; with `MCP_PAIRES=1000` they are those that are promised.
"""

import gc
import os
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from random import Random
from statistics import median
from typing import Any

PAIRES = int(os.environ.get("MCP_PAIRES", "120"))
CHAUFFE = 20
BORNES = (0.45, 0.55) if PAIRES >= 1000 else (0.35, 0.65)
ECART = 1.96 * sqrt((2 * PAIRES + 1) / (12 * PAIRES * PAIRES))
"""Half of the interval of 95 % of an AUC near 0.5."""
PROPRES = ("audit-receipt", "date")
"""Headers that name this very answer: of one length, whichever it is."""
ATTENTE, ATTENTE_S = "retry-after", 2
"""Seconds that are left of a delay: as many, but for what went by between the two."""

Essai = Callable[[int, str], Any]
"""Make the n-th attempt under that trace id, and give the response."""


@dataclass(frozen=True)
class Mesure:
    """What one clock tells: AUC, and the medians in microseconds."""

    auc: float
    connu_us: float
    inconnu_us: float

    def __str__(self) -> str:
        bas, haut = self.auc - ECART, self.auc + ECART
        return f"{self.auc:.3f} ({bas:.3f} to {haut:.3f}), {self.connu_us:.0f} against {self.inconnu_us:.0f} µs"


@dataclass(frozen=True)
class Mesures:
    """What both clocks tell."""

    montre: Mesure
    processeur: Mesure

    @property
    def neutres(self) -> bool:
        return all(BORNES[0] < mesure.auc < BORNES[1] for mesure in (self.montre, self.processeur))

    def __str__(self) -> str:
        return f"AUC (95 %) {self.montre}; processor {self.processeur}; {PAIRES} pairs"


def comparer(connu: Essai, inconnu: Essai, avant: Callable[[], Any] = lambda: None) -> Mesures:
    """Play the pairs; each must give two answers that are the same to the byte. `avant` is done before each attempt."""
    hasard = Random(PAIRES)
    temps: dict[Essai, list[tuple[float, float]]] = {connu: [], inconnu: []}
    gc.collect()
    gc.disable()
    try:
        for n in range(CHAUFFE + PAIRES):
            trace, recus = f"{hasard.getrandbits(128):032x}", []
            for essai in hasard.sample((connu, inconnu), 2):
                avant()
                debut = time.perf_counter(), time.process_time()
                reponse = essai(n, trace)
                fini = time.perf_counter(), time.process_time()
                if n >= CHAUFFE:
                    temps[essai].append((fini[0] - debut[0], fini[1] - debut[1]))
                recus.append(reponse)
            _exiger_les_memes(*recus)
            if n % 100 == 0:
                gc.collect()
    finally:
        gc.enable()
    montre, processeur = (
        _mesurer([durees[horloge] for durees in temps[connu]], [durees[horloge] for durees in temps[inconnu]])
        for horloge in (0, 1)
    )
    return Mesures(montre, processeur)


def _mesurer(connus: Sequence[float], inconnus: Sequence[float]) -> Mesure:
    return Mesure(auc(connus, inconnus), 1e6 * median(connus), 1e6 * median(inconnus))


def auc(connus: Sequence[float], inconnus: Sequence[float]) -> float:
    """The chance that a known one is slower than an unknown one; a tie counts for half."""
    ranges = sorted(inconnus)
    plus = sum(bisect_left(ranges, duree) + bisect_right(ranges, duree) for duree in connus)
    return plus / (2 * len(connus) * len(inconnus))


def trace(id: str) -> dict[str, str]:
    """The header that gives a request its trace id."""
    return {"traceparent": f"00-{id}-00f067aa0ba902b7-01"}


def _exiger_les_memes(une: Any, autre: Any) -> None:
    """Status, headers and bytes; the trace id is the same in both answers of a pair."""
    assert (une.status_code, une.content) == (autre.status_code, autre.content)
    entetes = [{nom: len(v) if nom in PROPRES else v for nom, v in recu.headers.items()} for recu in (une, autre)]
    attentes = [int(lus.pop(ATTENTE, 0)) for lus in entetes]
    assert abs(attentes[0] - attentes[1]) <= ATTENTE_S and all(attentes) == any(attentes)
    assert entetes[0] == entetes[1]
