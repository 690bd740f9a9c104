"""A deadline that moves is neither early nor late."""

import asyncio
from typing import Any

import pytest
import uvloop

from gateway.adapters.echeances import Echeance


class Boucle:
    """A clock that is moved by hand, and its timers."""

    def __init__(self) -> None:
        self.a = 0.0
        self.minuteurs: list[Minuteur] = []

    def time(self) -> float:
        return self.a

    def call_at(self, a: float, quoi: Any) -> "Minuteur":
        self.minuteurs.append(Minuteur(a, quoi))
        return self.minuteurs[-1]

    def avancer(self, jusqu_a: float) -> None:
        while dus := sorted((m for m in self.minuteurs if m.a <= jusqu_a), key=lambda m: m.a):
            self.a = dus[0].a
            self.minuteurs.remove(dus[0])
            if not dus[0].annule:
                dus[0].quoi()
        self.a = jusqu_a


class Minuteur:
    def __init__(self, a: float, quoi: Any) -> None:
        self.a, self.quoi, self.annule = a, quoi, False

    def when(self) -> float:
        return self.a

    def cancel(self) -> None:
        self.annule = True


def test_une_echeance_repoussee_avancee_ou_levee_tombe_quand_elle_doit() -> None:
    boucle, tombees = Boucle(), []
    echeance = Echeance(boucle, lambda: tombees.append(boucle.a))  # type: ignore[arg-type]
    echeance.dans(10)
    boucle.avancer(8)
    echeance.dans(30)  # put off to 38
    boucle.avancer(20)
    assert tombees == []
    echeance.dans(5)  # brought forward to 25
    boucle.avancer(37)
    assert tombees == [25.0]
    echeance.dans(10)
    echeance.jamais()
    boucle.avancer(100)
    echeance.dans(10)
    echeance.finir()
    boucle.avancer(200)
    assert tombees == [25.0]


def test_la_boucle_de_la_porte_dit_quand_un_minuteur_sonne() -> None:
    async def essayer() -> float:
        boucle = asyncio.get_running_loop()
        return boucle.call_at(boucle.time() + 5, print).when() - boucle.time()

    assert uvloop.run(essayer()) == pytest.approx(5, abs=0.1)
