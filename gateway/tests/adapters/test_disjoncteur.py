"""The circuit where answers come in the worst order: a service is probed once, and the circuit always closes again."""

import asyncio
import gc
from typing import Any

import pytest

from gateway.adapters.connexion import LENTE
from gateway.adapters.disjoncteur import ECHECS_MAX, Disjoncteur
from gateway.domain.messages import Envoi, Reponse
from gateway.domain.refus import ServiceIndisponible

DEMANDE = Envoi("GET", b"/x", b"", [], b"", 5.0)


class Lent:
    """A service whose answers are given by the test, request by request, in any order."""

    def __init__(self) -> None:
        self.attendues: list[asyncio.Future[Reponse]] = []

    async def envoyer(self, _: str, __: Envoi) -> Reponse:
        self.attendues.append(asyncio.get_running_loop().create_future())
        return await self.attendues[-1]

    def se_taire(self, *rangs: int) -> None:
        for rang in rangs:
            self.attendues[rang].set_exception(ServiceIndisponible(LENTE))

    def repondre(self, rang: int) -> None:
        self.attendues[rang].set_result(Reponse(200, [], b""))


async def souffler() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def cause(demande: "asyncio.Task[Reponse]") -> str:
    with pytest.raises(ServiceIndisponible) as refus:
        await demande
    return str(refus.value.cause)


def test_un_service_n_a_jamais_deux_sondes_et_son_circuit_se_referme() -> None:
    """Half open, its trial fails just after a request that had left before the circuit opened."""
    fautes: list[Any] = []

    async def essayer() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, contexte: fautes.append(contexte))
        service, sonde = Lent(), Lent()
        disjoncteur = Disjoncteur(service, sonde, ["cdap"])

        def demander() -> "asyncio.Task[Reponse]":
            return asyncio.create_task(disjoncteur.envoyer("cdap", DEMANDE))

        avant = [demander() for _ in range(ECHECS_MAX + 1)]
        await souffler()
        service.se_taire(*range(ECHECS_MAX))
        await souffler()
        sonde.repondre(0)
        await souffler()
        essai = demander()
        await souffler()
        assert len(service.attendues) == ECHECS_MAX + 2, "half open: one trial goes through"
        service.se_taire(ECHECS_MAX, ECHECS_MAX + 1)
        assert {await cause(demande) for demande in [*avant, essai]} == {LENTE}
        await souffler()
        assert len(sonde.attendues) == 2, "one more probe, and not two"
        sonde.repondre(1)
        await souffler()
        dernier = demander()
        await souffler()
        service.repondre(-1)
        assert (await dernier).statut == 200
        await disjoncteur.fermer()

    asyncio.run(essayer())
    gc.collect()
    assert fautes == []
