"""The threads in which a service answers: a request goes to one of them once, and comes back once.

It is `run_in_executor` with half of its locks: there is one future for each request, and no count of idle threads.
"""

import asyncio
import contextlib
import threading
import weakref
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_Taches = SimpleQueue[Callable[[], None] | None]


class Fils:
    """So many threads, begun at the first use (never before a fork); they end with this object."""

    def __init__(self, nombre: int) -> None:
        self._nombre = nombre
        self._taches: _Taches = SimpleQueue()
        self._debut = threading.Lock()
        self._commences = False

    async def faire(self, fonction: Callable[..., T], *arguments: Any) -> T:
        """What this function gives, called in one of the threads. Raises what it raises."""
        boucle = asyncio.get_running_loop()
        futur: asyncio.Future[T] = boucle.create_future()

        def tache() -> None:
            try:
                dire, dit = futur.set_result, fonction(*arguments)
            except BaseException as faute:  # noqa: BLE001 -- it goes on up where it is awaited
                dire, dit = futur.set_exception, faute  # type: ignore[assignment]
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                boucle.call_soon_threadsafe(_dire, futur, dire, dit)

        if not self._commences:
            self._commencer()
        self._taches.put(tache)
        return await futur

    def _commencer(self) -> None:
        with self._debut:
            if self._commences:
                return
            for rang in range(self._nombre):
                threading.Thread(target=_travailler, args=(self._taches,), name=f"wsgi_{rang}", daemon=True).start()
            weakref.finalize(self, _finir, self._taches, self._nombre)
            self._commences = True


def _travailler(taches: _Taches) -> None:
    while (tache := taches.get()) is not None:
        tache()
        del tache  # what it holds is not kept until the next one


def _finir(taches: _Taches, nombre: int) -> None:
    for _ in range(nombre):
        taches.put(None)


def _dire(futur: "asyncio.Future[T]", dire: Callable[[Any], None], dit: Any) -> None:
    if not futur.done():  # it is, where who waited was cancelled
        dire(dit)
