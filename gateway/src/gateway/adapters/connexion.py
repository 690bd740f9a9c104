"""One connection to a service, and the one answer that is read from it at a time.

Invariant: a connection is `propre`, and may serve again, only after an answer that certainly belongs to what was
asked and certainly ended: it repeats the number of the exchange, its length is consistent to the byte, no 1xx came
before it and nothing after it, and the whole request had been taken before it. In every other case it is closed.
"""

import asyncio
import fcntl
import secrets
import select
import struct
import sys
import termios
import time
from typing import cast

import httptools

from gateway.adapters.echeances import Echeance
from gateway.domain.messages import Entetes, Envoi, Reponse
from gateway.domain.refus import ServiceIndisponible

ECHANGE = b"mcp-echange"
TETE_MAX, REPONSE_MAX = 64 << 10, 16 << 20
SANS_CORPS = frozenset({204, 304})
INJOIGNABLE, INCOMPLETE, LENTE = "service_injoignable", "reponse_incomplete", "delai_depasse"
SAIT_COMPTER = sys.platform == "linux"
"""There `TIOCOUTQ` of a socket counts what was sent and is not acknowledged (tcp(7), SIOCOUTQ)."""
_FIN_DE_TETE, _FIN_DE_MORCEAUX = b"\r\n\r\n", b"\r\n0\r\n\r\n"


class NonPrise(ServiceIndisponible):
    """The service had hung up before one byte of the request reached it: it can be sent again."""


class _Illisible(Exception):
    """Not an answer that we read."""


class _Lecture:
    """The answer to one request, as it comes in."""

    def __init__(self, numero: bytes, *, sans_corps: bool) -> None:
        self.finie = False
        self.certaine = True
        self.statut = 0
        self.entetes: Entetes = []
        self.corps: list[bytes] = []
        self._numero = numero
        self._sans_corps = sans_corps
        self._recus = self._taille = 0
        self._tete = 0
        self._debut = b""
        self._fin = b""
        self._longueur: int | None = None
        self._lecteur: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)

    def lire(self, octets: bytes) -> None:
        """Take bytes. Raises _Illisible, or an error of httptools."""
        self._recus += len(octets)
        if not self._tete:
            octets = self._debut = self._debut + octets
            fin = octets.find(_FIN_DE_TETE)
            if fin < 0 or fin > TETE_MAX:
                if len(octets) > TETE_MAX:
                    raise _Illisible
                return
            self._tete = fin + len(_FIN_DE_TETE)
            self._debut = b""
        self._fin = (self._fin + octets[-len(_FIN_DE_MORCEAUX) :])[-len(_FIN_DE_MORCEAUX) :]
        if self._lecteur is not None:
            self._lecteur.feed_data(octets)
        if self.finie and self.certaine:
            self._exiger_la_fin()

    def oublier(self) -> None:
        """Let go of the parser, which holds on to what it reports to: no garbage is left for a collector."""
        self._lecteur = None

    def _exiger_la_fin(self) -> None:
        """Not one byte may have come after the answer."""
        if self._longueur is None and self.statut not in SANS_CORPS:
            self.certaine = self._fin == _FIN_DE_MORCEAUX
        elif self._recus != self._tete + (self._longueur or 0):
            raise _Illisible

    def on_message_begin(self) -> None:
        if self.finie:
            raise _Illisible
        self.entetes, self.corps = [], []

    def on_header(self, nom: bytes, valeur: bytes) -> None:
        if self.statut < 200:  # else a trailer
            self.entetes.append((nom.lower(), valeur))

    def on_headers_complete(self) -> None:
        lecteur = cast(httptools.HttpResponseParser, self._lecteur)
        self.statut = lecteur.get_status_code()
        if self.statut < 200:
            if self.statut == 101:
                raise _Illisible
            self.certaine = False
            return
        lus = dict(self.entetes)
        numero = lus.get(ECHANGE)
        if numero is not None and numero != self._numero:
            raise _Illisible  # the answer to another request
        self.certaine &= numero is not None and lecteur.get_http_version() == "1.1"
        self.certaine &= lecteur.should_keep_alive() and b"upgrade" not in lus
        if self._sans_corps:
            self.finie, self.certaine = True, False
        if self._sans_corps or self.statut in SANS_CORPS:
            return
        if b"content-length" in lus:
            self._longueur = int(lus[b"content-length"])
        elif lus.get(b"transfer-encoding", b"").lower() != b"chunked":
            raise _Illisible  # its end would be the end of the connection, and who cut it would not be known

    def on_body(self, corps: bytes) -> None:
        self._taille += len(corps)
        if self._taille > REPONSE_MAX:
            raise _Illisible
        self.corps.append(corps)

    def on_message_complete(self) -> None:
        self.finie = self.statut >= 200


class Connexion(asyncio.Protocol):
    """A connection to this address, made by `loop.create_connection`."""

    def __init__(self, adresse: str = "") -> None:
        self.adresse = adresse
        self.libre_depuis = 0.0
        self.ouverte_a = time.monotonic()
        self._transport: asyncio.Transport
        self._guet, self._descripteur = select.poll(), -1
        self._nom, self._rang = secrets.token_hex(8).encode(), 0
        self._lecture: _Lecture | None = None
        self._attente: asyncio.Future[Reponse] | None = None
        self._propre = True
        self._envoyes = 0
        self._boucle = asyncio.get_running_loop()
        self._echeance = Echeance(self._boucle, lambda: self._echouer(LENTE))

    async def echanger(self, envoi: Envoi, hote: bytes, delai_s: float) -> Reponse:
        """Send a request, and wait so long for its answer. Raises ServiceIndisponible, NonPrise where it may be sent
        again."""
        self._rang += 1
        numero = b"%b-%d" % (self._nom, self._rang)
        self._propre = False
        octets = _octets(envoi, hote, numero)
        self._lecture = _Lecture(numero, sans_corps=envoi.methode == "HEAD")
        self._attente = self._boucle.create_future()
        self._envoyes = len(octets)
        self._transport.write(octets)
        self._echeance.dans(delai_s)
        try:
            return await self._attente
        finally:
            self._lecture.oublier()
            self._lecture = self._attente = None
            self._echeance.jamais()
            if self._propre:
                self.libre_depuis = time.monotonic()
            else:
                self.fermer()

    @property
    def libre(self) -> bool:
        """Whether the last answer left it fit to be used again; if not, it has been closed."""
        return self._propre

    @property
    def propre(self) -> bool:
        """Whether it may be used again, as far as is known now: neither closed, nor anything to read on it."""
        return self._propre and not self._transport.is_closing() and not self._guet.poll(0)

    def fermer(self) -> None:
        """Close at once; what was not sent is not sent any more."""
        self._propre = False
        self._echeance.finir()
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._descripteur = transport.get_extra_info("socket").fileno()
        self._guet.register(self._descripteur, select.POLLIN)

    def data_received(self, data: bytes) -> None:
        lecture, attente = self._lecture, self._attente
        if lecture is None or attente is None or attente.done():
            self.fermer()  # nobody asked
            return
        try:
            lecture.lire(data)
        except (_Illisible, httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._echouer(INCOMPLETE)
            return
        if lecture.finie:
            self._propre = lecture.certaine and not self._transport.get_write_buffer_size()
            attente.set_result(Reponse(lecture.statut, lecture.entetes, b"".join(lecture.corps)))

    def eof_received(self) -> None:
        if self._attente is not None and not self._attente.done() and self._rien_pris():
            self._attente.set_exception(NonPrise(INJOIGNABLE))
        self.connection_lost(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._echouer(INCOMPLETE if self._lecture is not None and self._lecture.statut >= 200 else INJOIGNABLE)

    def _echouer(self, cause: str) -> None:
        if self._attente is not None and not self._attente.done():
            self._attente.set_exception(ServiceIndisponible(cause))
        self.fermer()

    def _rien_pris(self) -> bool:
        """Whether the peer ended without having acknowledged one byte of the request. Its end carries what its
        system had received until then: what came after has no reader any more (ADR 39)."""
        if not SAIT_COMPTER or self._transport.get_extra_info("sslcontext") is not None:
            return False
        (dans_le_noyau,) = struct.unpack("i", fcntl.ioctl(self._descripteur, termios.TIOCOUTQ, bytes(4)))
        return bool(dans_le_noyau + self._transport.get_write_buffer_size() == self._envoyes)


def _octets(envoi: Envoi, hote: bytes, numero: bytes) -> bytes:
    cible = envoi.chemin + b"?" + envoi.requete if envoi.requete else envoi.chemin
    lignes = [envoi.methode.encode("ascii") + b" " + cible + b" HTTP/1.1", b"host: " + hote, ECHANGE + b": " + numero]
    lignes += [nom + b": " + valeur for nom, valeur in envoi.entetes]
    if envoi.corps or envoi.methode in ("POST", "PUT", "PATCH"):
        lignes.append(b"content-length: %d" % len(envoi.corps))
    return b"\r\n".join(lignes) + b"\r\n\r\n" + envoi.corps
