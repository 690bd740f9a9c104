"""What the door refuses to somebody known always leaves an event, whatever the operation itself leaves."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gateway.adapters.registre import RegistreOutbox
from gateway.domain.refus import JetonRevoque, ServiceIndisponible
from gateway.usecases.operation import Operation
from socle.acces import Acces
from socle.assemblage import assembler
from socle.refus import AccesRefuse, Refus
from socle.regles import Regle

MUETTE = Operation("identity", "x.lire", Regle("passerelle", ("authentifie",), "soi", "aucune", None), 1.0)
CONNUE = Acces(acte="x.lire", sujet="ACC7K2MQ", caf_referente="831")


@pytest.mark.parametrize("refus", [JetonRevoque("revoque"), AccesRefuse(), ServiceIndisponible("circuit_ouvert")])
def test_un_refus_sur_une_operation_sans_evenement_en_laisse_un(porte: Any, refus: Refus) -> None:
    travail = assembler(porte.banc.reglages, lambda _: None).travail

    async def refuser(acces: Acces) -> None:
        async with RegistreOutbox(travail, fils).tracer(MUETTE, lambda: acces):
            raise refus

    with ThreadPoolExecutor(1) as fils, pytest.raises(type(refus)):
        asyncio.run(refuser(CONNUE))
    (trace,) = porte.nouvelles_traces()
    assert (trace["type"], trace["data"]["cause"], trace["id"]) == (
        "gateway.requete.refusee", refus.cause, refus.recu,
    )  # fmt: skip
    with ThreadPoolExecutor(1) as fils, pytest.raises(type(refus)):
        asyncio.run(refuser(Acces(acte="x.lire")))
    assert porte.nouvelles_traces() == []
