"""The way of a request that has no task: it waits, is cut and ends as a task would."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from gateway.adapters.course import Course


def mener(coroutine: Coroutine[Any, None, Any], geste: Any = None) -> Any:
    """Run it as a course; what it gave. `geste` is done once it waits."""

    async def derouler() -> Any:
        arrivee = asyncio.get_running_loop().create_future()
        course = Course(asyncio.get_running_loop(), coroutine, lambda _, rendu: arrivee.set_result(rendu))
        course.avancer()
        if geste is not None:
            geste(course)
        return await arrivee

    return asyncio.run(derouler())


def test_ce_qui_n_attend_rien_est_rendu_aussitot() -> None:
    async def donner() -> int:
        return 3

    async def derouler() -> list[Any]:
        rendus: list[Any] = []
        course = Course(asyncio.get_running_loop(), donner(), lambda course, rendu: rendus.extend([course, rendu]))
        course.avancer()
        assert rendus == [course, 3] and course.finie
        assert not course.cancel()
        return rendus

    asyncio.run(derouler())


def test_elle_attend_un_futur_une_tache_un_fil_et_un_tour_de_boucle() -> None:
    async def donner(valeur: int) -> int:
        await asyncio.sleep(0)
        return valeur

    async def attendre() -> list[int]:
        boucle = asyncio.get_running_loop()
        futur = boucle.create_future()
        boucle.call_soon(futur.set_result, 1)
        return [
            await futur,
            await boucle.create_task(donner(2)),
            await boucle.run_in_executor(None, lambda: 3),
            await donner(4),
            await asyncio.shield(donner(5)),
        ]

    assert mener(attendre()) == [1, 2, 3, 4, 5]


def test_une_faute_de_ce_qu_elle_attend_lui_parvient() -> None:
    async def attendre() -> str:
        try:
            await asyncio.get_running_loop().run_in_executor(None, lambda: 1 // 0)
        except ZeroDivisionError:
            return "vue"
        return "perdue"

    assert mener(attendre()) == "vue"


def test_coupee_elle_peut_encore_attendre_et_rendre() -> None:
    async def attendre() -> str:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            return "coupee"
        return "jamais"

    assert mener(attendre(), lambda course: course.cancel(msg="arret")) == "coupee"


def test_coupee_entre_deux_tours_elle_l_apprend_au_suivant() -> None:
    async def attendre() -> str:
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            return "coupee"
        return "jamais"

    assert mener(attendre(), lambda course: course.cancel()) == "coupee"


def test_couper_ce_qu_elle_attend_d_une_tache_coupe_la_tache() -> None:
    coupees = []

    async def longue() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            coupees.append(True)
            raise

    async def attendre() -> None:
        tache = asyncio.get_running_loop().create_task(longue())
        await asyncio.sleep(0)
        await tache

    def geste(course: Course[None]) -> None:
        asyncio.get_running_loop().call_later(0.01, course.cancel)

    assert mener(attendre(), geste) is None
    assert coupees == [True]


def test_une_faute_que_personne_n_attend_ne_rend_rien() -> None:
    async def tomber() -> None:
        raise ValueError

    assert mener(tomber()) is None
