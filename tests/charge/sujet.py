"""What a subject of the bench is: two ways of doing the same, run side by side, round after round.

Invariant: the two sides of a round follow each other at once, so that a busy machine slows both; a ratio is the
median over the rounds.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from operator import truediv
from pathlib import Path
from statistics import median

Debit = Callable[[], float]
"""Does some work, and gives how much a second."""


@dataclass(frozen=True)
class Sujet:
    """A name, what the ratio must be and is aimed to be, and how to prepare the two sides in a folder of its own."""

    nom: str
    doit: float
    vise: float
    preparer: Callable[[Path], AbstractContextManager[tuple[Debit, Debit]]]
    unite: str
    tours: int = 5
    moins_est_mieux: bool = False
    rapporter: Callable[[float, float], float] = truediv
    """What is made of the two sides of a round; `sub`, where what one adds to the other is promised."""

    def mesurer(self, dossier: Path, dire: Callable[[str], object]) -> "Mesure":
        """Run the rounds: what is measured, against what it is compared with."""
        rapports, mesures, references = [], [], []
        with self.preparer(dossier) as (mesuree, reference):
            for _ in range(self.tours):
                references.append(reference())
                mesures.append(mesuree())
                rapports.append(self.rapporter(mesures[-1], references[-1]))
        mesure = Mesure(self.nom, round(median(rapports), 3), self.doit, self.vise, self.moins_est_mieux)
        dire(
            f"{self.nom} : {mesure.rapport} (doit {self.doit}, vise {self.vise}) — "
            f"{median(mesures):.4g} contre {median(references):.4g} {self.unite}, "
            f"de {min(rapports):.2f} à {max(rapports):.2f} sur {self.tours} tours"
        )
        return mesure


@dataclass(frozen=True)
class Mesure:
    """One line of `bench.json`."""

    nom: str
    rapport: float
    doit: float
    vise: float
    moins_est_mieux: bool

    @property
    def tenue(self) -> bool:
        """Whether it is what it must be."""
        return self.rapport <= self.doit if self.moins_est_mieux else self.rapport >= self.doit

    def en_clair(self) -> dict[str, object]:
        """For `bench.json`."""
        return asdict(self)


def par_seconde(fait: Callable[[], int]) -> Debit:
    """How much a second: `fait` does it, and says how much it did."""

    def mesurer() -> float:
        debut = time.perf_counter()
        combien = fait()
        return combien / (time.perf_counter() - debut)

    return mesurer


def numeros() -> Iterator[int]:
    """1, 2, 3 … for what must be new at each round."""
    rang = 0
    while True:
        yield (rang := rang + 1)
