"""Deadlines that move with each request, and cost a timer only now and then."""

import asyncio
from collections.abc import Callable


class Echeance:
    """A time by which something must have happened. It is moved at each request: a timer is only made anew where
    the one that runs would come too late."""

    def __init__(self, boucle: asyncio.AbstractEventLoop, echoir: Callable[[], None]) -> None:
        self._boucle, self._echoir = boucle, echoir
        self._a: float | None = None
        self._minuteur: asyncio.TimerHandle | None = None

    def dans(self, secondes: float) -> None:
        """In so many seconds from now, and no sooner or later."""
        self._a = self._boucle.time() + secondes
        if self._minuteur is None or self._minuteur.when() > self._a:
            self._armer(self._a)

    def jamais(self) -> None:
        """It has happened."""
        self._a = None

    def finir(self) -> None:
        """Nothing more will."""
        self._a = None
        if self._minuteur is not None:
            self._minuteur.cancel()

    def _armer(self, a: float) -> None:
        if self._minuteur is not None:
            self._minuteur.cancel()
        self._minuteur = self._boucle.call_at(a, self._sonner)

    def _sonner(self) -> None:
        self._minuteur = None
        if self._a is not None and self._a > self._boucle.time():
            self._armer(self._a)
        elif self._a is not None:
            self._a = None
            self._echoir()
