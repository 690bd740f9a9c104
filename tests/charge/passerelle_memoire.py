"""What a worker of the gateway holds after 100 000 requests, against after 1 000: it must not grow."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from charge.passerelles import Scene, scene
from charge.procede import enfants, residente_mo
from charge.sujet import Debit, Sujet

PEU, BEAUCOUP = 1_000, 100_000
PAR_TIR_S = 4.0
"""wrk stops asking in time, but waits for the end of its own."""


@contextmanager
def preparer(dossier: Path) -> Iterator[tuple[Debit, Debit]]:
    """Each round has a worker of its own, which the reference side starts and the other goes on with."""
    with scene(dossier) as ici, ExitStack() as pile:
        tour = _Tour(ici, pile)
        yield tour.ensuite, tour.d_abord


class _Tour:
    """The worker of a round."""

    def __init__(self, ici: Scene, pile: ExitStack) -> None:
        self._ici, self._pile = ici, pile
        self._port = self._ouvrier = 0

    def d_abord(self) -> float:
        """A new worker: its memory in MB after a few requests."""
        self._pile.close()
        self._port, gunicorn = self._pile.enter_context(self._ici.passerelle(elan_s=0))
        return self._apres(PEU, enfants(gunicorn))

    def ensuite(self) -> float:
        """The same one, after many."""
        return self._apres(BEAUCOUP - PEU, [self._ouvrier])

    def _apres(self, requetes: int, ouvriers: list[int]) -> float:
        (self._ouvrier,) = ouvriers
        while requetes > 0:
            requetes -= self._ici.tirer(self._port, secondes=PAR_TIR_S, au_plus=requetes).requetes
        return residente_mo(self._ouvrier)


SUJET = Sujet(
    "mémoire d’un ouvrier de la passerelle après 100 000 requêtes, contre après 1 000",
    doit=1.1,
    vise=1.0,
    preparer=preparer,
    unite="Mo",
    moins_est_mieux=True,
)
