"""The two listeners of the process, in one loop: the public door, and the internal operations.

Invariant: both ports are bound before anything is served; SIGTERM or SIGINT stops both at once, what is in
flight is finished, and after `ARRET_S` seconds the process is gone.
"""

import asyncio
import contextlib
import errno
import logging
import signal
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from gateway.adapters.protocole import Protocole
from socle import tls
from socle.commandes import configuration

ARRET_S = 7
ARRET_INTERNE_S = 1  # a long poll of audit would hold the process; cut, it is asked again
FILE_D_ATTENTE = 2048


@dataclass(frozen=True, slots=True)
class Ecoute:
    """An ASGI application and where it listens; `arret_s` is the time that its requests get to finish;
    `tls` its certificate and key."""

    application: Any
    host: str
    port: int
    arret_s: int = ARRET_S
    protocole: Any = Protocole
    tls: tuple[Path, Path] | None = None


class _Serveur(uvicorn.Server):
    """Leaves the signals to `servir`: two servers of one loop would take them from each other."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def servir(*ecoutes: Ecoute) -> None:
    """Serve all of them until a signal, then die of that signal as it is expected of a process.

    Raises SystemExit with one sentence where a port cannot be had.
    """
    sockets = [ouvrir(ecoute.host, ecoute.port) for ecoute in ecoutes]
    recus: list[signal.Signals] = []
    uvloop.run(_servir(ecoutes, sockets, recus))
    logging.shutdown()
    for numero in recus[:1]:  # not a plain return: it would wait for the threads of a cut long poll
        signal.signal(numero, signal.SIG_DFL)
        signal.raise_signal(numero)


def ouvrir(host: str, port: int) -> socket.socket:
    """A bound socket. Raises SystemExit with one sentence where it cannot be had."""
    famille = socket.AF_INET6 if ":" in host else socket.AF_INET
    prise = socket.socket(famille)
    prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        prise.bind((host, port))
        prise.listen(FILE_D_ATTENTE)
    except OSError as faute:
        prise.close()
        if faute.errno == errno.EADDRINUSE:
            raise SystemExit(f"Le port {port} de {host} est déjà pris.") from None
        raise SystemExit(f"Le port {port} de {host} ne peut pas être ouvert.") from None
    prise.set_inheritable(True)
    return prise


async def _servir(ecoutes: tuple[Ecoute, ...], sockets: list[socket.socket], recus: list[signal.Signals]) -> None:
    serveurs = [un_serveur(ecoute) for ecoute in ecoutes]

    def arreter(numero: signal.Signals | None = None) -> None:
        recus.extend([numero] if numero else [])
        for serveur in serveurs:
            serveur.should_exit = True

    boucle = asyncio.get_running_loop()
    for numero in (signal.SIGTERM, signal.SIGINT):
        boucle.add_signal_handler(numero, arreter, numero)
    async with asyncio.TaskGroup() as groupe:
        for serveur, prise in zip(serveurs, sockets, strict=True):
            groupe.create_task(serveur.serve([prise]))


def un_serveur(ecoute: Ecoute) -> uvicorn.Server:
    """The server of one listener; it takes no signal."""
    return _Serveur(
        configuration(
            ecoute.application,
            http=ecoute.protocole,
            backlog=FILE_D_ATTENTE,
            timeout_graceful_shutdown=ecoute.arret_s,
            **(tls.uvicorn(*ecoute.tls) if ecoute.tls else {}),
        )
    )
