"""A body in chunks of one byte each costs the door what its bytes weigh, and no more."""

import asyncio
import tracemalloc
from types import SimpleNamespace

from gateway.adapters.protocole import Protocole
from gateway.domain.messages import Recue, Sortie


class Transport:
    """Takes everything."""

    def get_extra_info(self, _: str) -> tuple[str, int]:
        return "127.0.0.1", 1

    def is_closing(self) -> bool:
        return False

    def pause_reading(self) -> None:
        """Nothing comes but from the test."""

    resume_reading = pause_reading


class Porte:
    """Reads the body, and answers nothing."""

    lu = 0

    async def repondre(self, recue: Recue) -> Sortie | None:
        self.lu = len(await recue.corps(1 << 20))
        return None


def test_un_corps_par_octets_ne_pese_que_ses_octets() -> None:
    porte = Porte()

    async def derouler() -> int:
        etat = SimpleNamespace(connections=set(), tasks=set(), default_headers=[], total_requests=0)
        protocole = Protocole(SimpleNamespace(loaded_app=porte), etat, {}, asyncio.get_running_loop())
        protocole.connection_made(Transport())  # type: ignore[arg-type]
        protocole.data_received(b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
        tracemalloc.start()
        for _ in range(100):
            protocole.data_received(b"1\r\nx\r\n" * 1_000)
            await asyncio.sleep(0)
        pese, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        protocole.data_received(b"0\r\n\r\n")
        protocole.connection_lost(None)
        await asyncio.sleep(0.01)
        return pese

    assert asyncio.run(derouler()) < 1_000_000
    assert porte.lu == 100_000
