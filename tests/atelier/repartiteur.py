"""A load balancer for the tests, as small as can be: where one gateway refuses a connection, the other one gets it.

Invariant: nothing is sent twice. A connection that was taken is handed on byte by byte, and ends as it ends.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable

ADRESSES_S = 1.0
CONNEXION_S = 2.0
MORCEAU = 65_536


class Repartiteur:
    """Listens on a port of this machine; `cibles` says, again and again, which addresses there are to choose from."""

    def __init__(self, port: int, cibles: Callable[[], list[tuple[str, int]]]) -> None:
        self._port, self._cibles = port, cibles
        self._adresses: list[tuple[str, int]] = []
        self._tour = 0
        self._fini, self._ouvert = threading.Event(), threading.Event()
        self._boucle = asyncio.new_event_loop()
        self._fils = [threading.Thread(target=fil, daemon=True) for fil in (self._regarder, self._servir)]

    def ouvrir(self) -> None:
        """Listen, and hand on."""
        for fil in self._fils:
            fil.start()
        assert self._ouvert.wait(30), "the balancer does not listen"

    def fermer(self) -> None:
        """Stop, if it has begun."""
        self._fini.set()
        if not self._ouvert.is_set():
            return
        self._boucle.call_soon_threadsafe(self._boucle.stop)
        for fil in self._fils:
            fil.join(30)

    def _regarder(self) -> None:
        while not self._fini.is_set():
            self._adresses = self._cibles()
            self._fini.wait(ADRESSES_S)

    def _servir(self) -> None:
        asyncio.set_event_loop(self._boucle)
        self._boucle.run_until_complete(asyncio.start_server(self._prendre, "127.0.0.1", self._port, backlog=512))
        self._ouvert.set()
        self._boucle.run_forever()

    async def _prendre(self, lit: asyncio.StreamReader, ecrit: asyncio.StreamWriter) -> None:
        la_bas = await self._joindre()
        if la_bas is None:
            ecrit.close()
            return
        await asyncio.gather(_passer(lit, la_bas[1]), _passer(la_bas[0], ecrit))

    async def _joindre(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        adresses, self._tour = self._adresses, self._tour + 1
        debut = self._tour % max(1, len(adresses))  # held here: others move on while this one waits
        for hote, port in adresses[debut:] + adresses[:debut]:
            with contextlib.suppress(OSError, TimeoutError):
                return await asyncio.wait_for(asyncio.open_connection(hote, port), CONNEXION_S)
        return None


async def _passer(lit: asyncio.StreamReader, ecrit: asyncio.StreamWriter) -> None:
    """Until one side has no more to say; then the other is told so."""
    with contextlib.suppress(OSError):
        while morceau := await lit.read(MORCEAU):
            ecrit.write(morceau)
            await ecrit.drain()
    with contextlib.suppress(OSError):
        ecrit.close()
