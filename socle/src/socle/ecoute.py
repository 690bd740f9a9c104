"""How a process begins to listen, and how it leaves (ADR 40).

Invariant: a port is held from the start and refuses every connection until the app is ready to serve; after SIGTERM
the server goes on accepting for a moment, ends each connection with its answer, takes what still waits in the queue,
and only then closes the port: who was accepted is answered.
"""

import asyncio
import contextlib
import ctypes
import errno
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Collection
from types import FrameType
from typing import Any

import uvicorn
from uvicorn.config import STARTUP_FAILURE

from socle.causes import CONSTATS, Cause, Pauses

FILE_D_ATTENTE = 2048
TOURS, TOUR_S = 25, 0.02
DERNIERES_S = TOURS * TOUR_S
SO_ATTACH_FILTER = 26
_SANS_SYN = ((0x30, 0, 0, 13), (0x45, 0, 1, 0x02), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFFFFFF))
"""A program for the kernel: of the TCP flags, byte 13, those with SYN are dropped, all others taken."""

PAS_S = 0.1
FERMER = (b"connection", b"close")


def prendre_le_port(host: str, port: int, dormir: Callable[[float], Any] = time.sleep) -> socket.socket:
    """A socket that holds the port and does not listen yet. Waits, and says so once, while somebody else has it.

    Raises SystemExit with one sentence where it can never be had.
    """
    objet, pauses = f"{host}, port {port}", Pauses()
    while (prise := _lier(host, port)) is None:
        CONSTATS.constater(Cause.PORT, objet)
        dormir(pauses.suivante())
    CONSTATS.lever(Cause.PORT, objet)
    return prise


def port_libre(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    try:
        prise = _lier(host, port)
    except SystemExit:
        return False
    if prise is not None:
        prise.close()
    return prise is not None


def _lier(host: str, port: int) -> socket.socket | None:
    prise = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    prise.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        prise.bind((host, port))
    except OSError as faute:
        prise.close()
        if faute.errno == errno.EADDRINUSE:
            return None
        raise SystemExit(f"Le port {port} de {host} ne peut pas être ouvert.") from None
    prise.setblocking(False)
    prise.set_inheritable(True)
    return prise


class Serveur(uvicorn.Server):
    """uvicorn's server, that leaves without cutting anyone. `depart_s` is how long it goes on accepting; `pour_tous`
    says whether nobody else goes on with the same port."""

    def __init__(
        self,
        config: uvicorn.Config,
        depart_s: float,
        sert: Callable[[], None] = lambda: None,
        pour_tous: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(config)
        self._pour_tous = pour_tous
        self._depart_s = depart_s
        self._sert = sert
        self._presse = False

    def partir(self, numero: int | None) -> None:
        """Leave, on a signal; one from the keyboard is not made to wait for clients to go elsewhere."""
        self._presse = self._presse or numero == signal.SIGINT
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """What uvicorn does at a signal."""
        super().handle_exit(sig, frame)
        self.partir(sig)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the app, then listen. It may wait long for what it needs: a signal ends that too."""
        demarrage = asyncio.ensure_future(self._commencer(sockets))
        while not self.should_exit and not demarrage.done():
            await asyncio.wait([demarrage], timeout=PAS_S)
            if self.config.callback_notify is not None:
                await self.config.callback_notify()
        if demarrage.done():
            await demarrage
        else:
            demarrage.cancel()

    async def _commencer(self, sockets: list[socket.socket] | None) -> None:
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            sys.exit(STARTUP_FAILURE)
        await _ecouter(sockets or [])
        self.lifespan.startup = _rien  # uvicorn starts the app and listens in one step
        await super().startup(sockets)
        self._sert()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Leave: announce it, go on for `depart_s`, take who waits, close, finish."""
        await self._s_en_aller(sockets or [])
        for serveur in self.servers:
            serveur.close()
        for prise in sockets or []:
            prise.close()
        await self._attendre_les_dernieres()
        await super().shutdown(sockets)

    async def _s_en_aller(self, sockets: list[socket.socket]) -> None:
        self.should_exit = True
        self.config.encoded_headers.append(FERMER)
        for connexion in self._connexions:
            cycle = getattr(connexion, "cycle", None)  # uvicorn's: it has taken the headers of its answer already
            if cycle is not None and not cycle.response_started:
                cycle.keep_alive = False
        fin = time.monotonic() + (0 if self._presse else self._depart_s)
        while True:
            await self.on_tick(0)  # the headers of every answer, and a sign of life for who manages this process
            if self.force_exit or (reste := fin - time.monotonic()) <= 0:
                break
            await asyncio.sleep(min(PAS_S, reste))
        if self._pour_tous():
            for prise in sockets:
                _taire_les_arrivees(prise)
        for _ in range(TOURS):
            await asyncio.sleep(TOUR_S)
            if not any(map(_en_file, sockets)):
                break

    @property
    def _connexions(self) -> Collection[Any]:
        """Those of HTTP/1.1: no other protocol is served."""
        return self.server_state.connections

    async def _attendre_les_dernieres(self) -> None:
        """Who was accepted at the last moment has not spoken yet."""
        for _ in range(TOURS):  # and not so many seconds: on a busy machine they pass without a turn of the loop
            if all(map(_a_parle, self._connexions)):
                break
            await asyncio.sleep(TOUR_S)


async def _ecouter(sockets: list[socket.socket]) -> None:
    """Two that hold a port and do not listen yet do not see one another: the first to listen has it."""
    pauses = Pauses()
    while True:
        try:
            for prise in sockets:
                prise.listen(FILE_D_ATTENTE)
        except OSError as faute:
            if faute.errno != errno.EADDRINUSE:
                raise
            CONSTATS.constater(Cause.PORT)
            await asyncio.sleep(pauses.suivante())
        else:
            CONSTATS.lever(Cause.PORT)
            return


async def _rien() -> None:
    """Nothing."""


def _a_parle(connexion: Any) -> bool:
    """Whether this client has asked something: uvicorn's protocol, and those of ours that say it themselves."""
    return bool(connexion.a_parle if hasattr(connexion, "a_parle") else connexion.cycle is not None)


def _taire_les_arrivees(prise: socket.socket) -> None:
    """Nobody new comes to the queue, so that it can be emptied before it is closed: who asks to connect hears nothing,
    asks again a second later, and is refused. Where the kernel does not know this, the last moment is a bit longer."""
    octets = b"".join(struct.pack("HBBI", *pas) for pas in _SANS_SYN)
    programme = ctypes.create_string_buffer(octets, len(octets))
    with contextlib.suppress(OSError):
        prise.setsockopt(
            socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", len(_SANS_SYN), ctypes.addressof(programme))
        )


def _en_file(prise: Any) -> int:
    """How many connections wait in the queue of a listening socket (Linux says it as `tcpi_unacked`)."""
    try:
        return int(struct.unpack_from("I", prise.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 28), 24)[0])
    except (OSError, AttributeError):
        return 0
