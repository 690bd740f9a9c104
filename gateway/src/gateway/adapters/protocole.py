"""HTTP/1.1 as the public door takes it: uvicorn's protocol over httptools, with bounds and without leniency.

Invariant: one request at a time; a malformed one gets at most one answer, and nothing after it on that
connection is read. A client that is slow with its head, its body or our answer is cut.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.adapters.echeances import Echeance
from gateway.adapters.mesures import REQUETES_REFUSEES
from gateway.domain.refus import EntetesTropGrands, RequeteInvalide, ServiceIndisponible
from gateway.domain.tete import exiger_une_lecture
from socle.problemes import MIME, Probleme
from socle.refus import Refus

TETE_MAX, ENTETES_MAX = 32 << 10, 100
TETE_S, CORPS_S, REPONSE_S = 10.0, 30.0, 60.0
CONNEXIONS_MAX = 800
"""Below the 1024 files that a process may have open where nobody said otherwise: the rest serves the services."""


_CONTINUER = b"HTTP/1.1 100 Continue\r\n\r\n"


class _UnSeulEnvoi:
    """The transport of one answer: its head waits for what follows, so that both are one write to the system."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._tete: bytes | None = None

    def write(self, octets: bytes) -> None:
        """Take the head, or send it with what comes next."""
        if octets == _CONTINUER:
            self._transport.write(octets)
        elif self._tete is None:
            self._tete = octets
        else:
            self._transport.write(self._tete + octets)
            self._tete = b""

    def vider(self) -> None:
        """The answer is whole: a head that nothing follows goes by itself."""
        if self._tete:
            self._transport.write(self._tete)
            self._tete = b""

    def close(self) -> None:
        """After what was written."""
        self.vider()
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether the connection is being closed."""
        return bool(self._transport.is_closing())


class Protocole(HttpToolsProtocol):
    """One connection of a client. Exceptions of the parser's callbacks reach `send_400_response`."""

    tete_s, corps_s, reponse_s = TETE_S, CORPS_S, REPONSE_S
    connexions_max = CONNEXIONS_MAX

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.access_log = False  # it holds path and query; ours is in `routes/porte.py`
        self._tete_ou_corps = Echeance(self.loop, self._couper)
        self._depart = Echeance(self.loop, self._exiger_le_depart)
        self._en_tete = True
        self._octets = self._taille = 0
        self._sourd = False
        self._refus: Refus = RequeteInvalide()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.connections) > self.connexions_max:
            self._refus = ServiceIndisponible("connexions")
            self.send_400_response("")
            return
        self._tete_ou_corps.dans(self.tete_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._tete_ou_corps.finir()
        self._depart.finir()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._sourd:
            return
        self._octets += len(data)
        super().data_received(data)
        if self._en_tete and self._octets > TETE_MAX and not self._sourd:
            self._refus = EntetesTropGrands()
            self.send_400_response("")

    def on_message_begin(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._sourd, self.cycle.keep_alive = True, False  # no pipelining: answer what runs, then close
            raise RequeteInvalide("a_la_file")
        self._en_tete = True
        self._octets = self._taille = 0
        self._tete_ou_corps.dans(self.tete_s)
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._mesurer(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._en_tete:  # a trailer: uvicorn would add it to the headers that were judged
            raise self._refuser(RequeteInvalide("apres_le_corps"))
        super().on_header(name, value)
        self._mesurer(len(name) + len(value))

    def on_headers_complete(self) -> None:
        self._en_tete = False
        try:
            exiger_une_lecture(self.parser.get_http_version(), self.url, self.headers)
        except Refus as refus:
            raise self._refuser(refus) from None
        self._tete_ou_corps.dans(self.corps_s)
        super().on_headers_complete()
        cycle: Any = self.cycle
        cycle.transport = _UnSeulEnvoi(self.transport)
        if self.parser.should_upgrade():
            self._sourd, self.cycle.keep_alive = True, False

    def on_message_complete(self) -> None:
        self._tete_ou_corps.jamais()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        cycle: Any = self.cycle
        cycle.transport.vider()
        self._depart.dans(self.reponse_s)
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """The one answer to a request that cannot be read; none where that request has been answered."""
        if self._sourd:
            return
        self._sourd = True
        REQUETES_REFUSEES.labels(self._refus.cause).inc()
        cycle = self.cycle
        if cycle is not None and cycle.scope is self.scope:
            muet = cycle.response_started
            cycle.disconnected = True
            cycle.message_event.set()
        else:
            muet = False
        if not muet:
            self.transport.write(_reponse(self._refus))
        self.transport.close()

    def _mesurer(self, octets: int) -> None:
        self._taille += octets
        if self._taille > TETE_MAX or len(self.headers) > ENTETES_MAX:
            raise self._refuser(EntetesTropGrands())

    def _refuser(self, refus: Refus) -> Refus:
        self._refus = refus
        return refus

    def _couper(self) -> None:
        REQUETES_REFUSEES.labels("lente").inc()
        self.transport.abort()

    def _exiger_le_depart(self) -> None:
        if self.transport.get_write_buffer_size():
            self._couper()


def _reponse(refus: Refus) -> bytes:
    probleme = Probleme(refus.code)
    corps = probleme.corps()
    return (
        f"HTTP/1.1 {probleme.statut} \r\ncontent-type: {MIME}\r\ncontent-length: {len(corps)}\r\n"
        "cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
    ).encode() + corps
