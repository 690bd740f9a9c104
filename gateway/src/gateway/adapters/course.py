"""The way of one request through the door, run without a task of its own until it must wait, and without one then.

A task costs more than most requests do between two waits. What it runs may await futures and tasks, as everything
here does; `asyncio.timeout` wants a task, so that who needs it makes one (`adapters/amont.py`).
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")
logger = logging.getLogger(__name__)


class Course(Generic[T]):
    """Runs a coroutine; `arriver` gets the course and what it gave, or None if it raised."""

    __slots__ = ("_annulee", "_arriver", "_attendu", "_boucle", "_coroutine", "finie")

    def __init__(
        self,
        boucle: asyncio.AbstractEventLoop,
        coroutine: Coroutine[Any, None, T],
        arriver: "Callable[[Course[T], T | None], None]",
    ) -> None:
        self.finie = False
        self._boucle, self._coroutine, self._arriver = boucle, coroutine, arriver
        self._attendu: asyncio.Future[Any] | None = None
        self._annulee = False

    def avancer(self, _: object = None) -> None:
        """Run it to its next wait, or to its end."""
        self._attendu = None
        try:
            if self._annulee:
                self._annulee = False
                attendu = self._coroutine.throw(asyncio.CancelledError())
            else:
                attendu = self._coroutine.send(None)
        except StopIteration as fin:
            self._finir(fin.value)
        except BaseException as faute:  # as a task does: nobody above could make anything of it
            logger.error("demande sans reponse", exc_info=faute)
            self._finir(None)
        else:
            if attendu is None:  # a bare `yield`: once more round the loop
                self._boucle.call_soon(self.avancer)
                return
            self._attendu = attendu
            attendu._asyncio_future_blocking = False
            attendu.add_done_callback(self.avancer)

    def cancel(self, msg: object = None) -> bool:
        """Raise CancelledError where it waits; the name and the parameter are those of a task (uvicorn calls it)."""
        if self.finie:
            return False
        if self._attendu is None or not self._attendu.cancel():
            self._annulee = True
        return True

    def _finir(self, rendu: T | None) -> None:
        self.finie = True
        self._arriver(self, rendu)
