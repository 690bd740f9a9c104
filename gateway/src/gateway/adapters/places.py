"""So many at once, and a line for who comes later. `asyncio.Semaphore` does the same, at the price of three coroutines
for a place that is free."""

import asyncio
from collections import deque


class Places:
    """Places that are taken and given back; who waits longest gets the next one."""

    def __init__(self, nombre: int) -> None:
        self._libres = nombre
        self._file: deque[asyncio.Future[None]] = deque()

    def prendre(self) -> bool:
        """Take one now; False where there is none, or somebody waits for it already."""
        if not self._libres or self._file:
            return False
        self._libres -= 1
        return True

    async def attendre(self) -> None:
        """Take one, when it can be had."""
        if self.prendre():
            return
        futur: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._file.append(futur)
        try:
            await futur
        except asyncio.CancelledError:
            if futur.done() and not futur.cancelled():
                self.rendre()  # it was given to us as we went
            raise

    def rendre(self) -> None:
        """Give one back."""
        while self._file:
            futur = self._file.popleft()
            if not futur.done():
                futur.set_result(None)
                return
        self._libres += 1
