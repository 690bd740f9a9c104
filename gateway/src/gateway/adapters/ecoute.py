"""The two listeners of the process, in one loop: the public door, and the internal operations.

Invariant: both ports are held before anything is served; SIGTERM or SIGINT stops both at once, nobody is cut
(`socle.ecoute`), and `ARRET_S` seconds after its departure the process is gone.
"""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvloop

from gateway.adapters.protocole import Protocole
from socle import tls
from socle.commandes import configuration
from socle.ecoute import FILE_D_ATTENTE, Serveur, prendre_le_port

ARRET_S = 7
ARRET_INTERNE_S = 1  # a long poll of audit would hold the process; cut, it is asked again


@dataclass(frozen=True, slots=True)
class Ecoute:
    """An ASGI application and where it listens; `depart_s` is how long it goes on accepting after SIGTERM, `arret_s`
    the time that its requests then get to finish; `tls` its certificate and key; `sert` is called once it listens."""

    application: Any
    host: str
    port: int
    depart_s: float = 0.0
    arret_s: int = ARRET_S
    protocole: Any = Protocole
    tls: tuple[Path, Path] | None = None
    sert: Callable[[], None] = lambda: None


class _Serveur(Serveur):
    """Leaves the signals to `servir`: two servers of one loop would take them from each other."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def servir(*ecoutes: Ecoute) -> None:
    """Serve all of them until a signal, then die of that signal as it is expected of a process.

    Raises SystemExit with one sentence where a port can never be had.
    """
    sockets = [prendre_le_port(ecoute.host, ecoute.port) for ecoute in ecoutes]
    recus: list[signal.Signals] = []
    uvloop.run(_servir(ecoutes, sockets, recus))
    logging.shutdown()
    for numero in recus[:1]:  # not a plain return: it would wait for the threads of a cut long poll
        signal.signal(numero, signal.SIG_DFL)
        signal.raise_signal(numero)


async def _servir(ecoutes: tuple[Ecoute, ...], sockets: list[socket.socket], recus: list[signal.Signals]) -> None:
    serveurs = [un_serveur(ecoute) for ecoute in ecoutes]

    def arreter(numero: signal.Signals | None = None) -> None:
        recus.extend([numero] if numero else [])
        for serveur in serveurs:
            serveur.partir(numero)

    boucle = asyncio.get_running_loop()
    for numero in (signal.SIGTERM, signal.SIGINT):
        boucle.add_signal_handler(numero, arreter, numero)
    async with asyncio.TaskGroup() as groupe:
        for serveur, prise in zip(serveurs, sockets, strict=True):
            groupe.create_task(serveur.serve([prise]))


def un_serveur(ecoute: Ecoute) -> Serveur:
    """The server of one listener; it takes no signal."""
    return _Serveur(
        configuration(
            ecoute.application,
            http=ecoute.protocole,
            backlog=FILE_D_ATTENTE,
            timeout_graceful_shutdown=ecoute.arret_s,
            **(tls.uvicorn(*ecoute.tls) if ecoute.tls else {}),
        ),
        ecoute.depart_s,
        ecoute.sert,
    )
