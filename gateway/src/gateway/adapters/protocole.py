"""HTTP/1.1 as the public door takes it: an own protocol over httptools, with bounds and without leniency.

Invariant: one request at a time; a malformed one gets at most one answer, and nothing after it on that
connection is read. A client that is slow with its head, its body or our answer is cut. ADR 38 says why it is our own.
"""

import asyncio
from typing import Any, cast

import httptools

from gateway.adapters.course import Course
from gateway.adapters.echeances import Echeance
from gateway.adapters.mesures import REQUETES_REFUSEES
from gateway.domain.messages import ClientParti, Entetes, Recue, Sortie
from gateway.domain.refus import EntetesTropGrands, RequeteInvalide, ServiceIndisponible, TropGrand
from gateway.domain.tete import exiger_une_lecture
from socle.ecoute import FERMER
from socle.problemes import MIME, Probleme
from socle.refus import Refus

TETE_MAX, ENTETES_MAX = 32 << 10, 100
TETE_S, CORPS_S, REPONSE_S = 10.0, 30.0, 60.0
OISIVETE_S = 5.0
CONNEXIONS_MAX = 800
"""Below the 1024 files that a process may have open where nobody said otherwise: the rest serves the services."""
AVANCE_MAX = 64 << 10
"""Of a body that nobody reads yet."""
VIDAGE_MAX, VIDAGE_S = 8 << 20, 2.0
"""What is swallowed of a body that was refused: to cut the client off would lose it our answer."""
_CONTINUER = b"HTTP/1.1 100 Continue\r\n\r\n"
_FERMER = b"connection: close\r\n\r\n"


class Protocole(asyncio.Protocol):
    """One connection of a client. Made by uvicorn's server, which counts it, and asks it to end.

    Exceptions of the parser's callbacks reach `_refuser_la_lecture`. `_course` is the request under way.
    """

    tete_s, corps_s, reponse_s = TETE_S, CORPS_S, REPONSE_S
    connexions_max = CONNEXIONS_MAX

    def __init__(self, config: Any, server_state: Any, app_state: Any, _loop: Any = None) -> None:
        self._porte = config.loaded_app
        self._etat = server_state
        self._boucle = _loop or asyncio.get_running_loop()
        self._lecteur = httptools.HttpRequestParser(self)
        self._lecteur.set_dangerous_leniencies(lenient_data_after_close=True)  # only to answer what came before it
        self._transport: asyncio.Transport
        self._pair: str | None = None
        self._tete_ou_corps = Echeance(self._boucle, self._echoir)
        self._depart = Echeance(self._boucle, self._exiger_le_depart)
        self._garder = True  # the connection, after the answer
        self._sourd = False  # nothing that comes is read any more
        self._perdu = False  # nobody is there to be answered
        self._oisif = False  # nothing is asked, and something has been answered
        self._octets = 0
        self._refus: Refus = RequeteInvalide()
        self._commencer()

    def _commencer(self) -> None:
        """Nothing of the next request is known."""
        self._cible = b""
        self._entetes: Entetes = []
        self._lus: dict[bytes, bytes] = {}
        self._taille = 0
        self._methode = "GET"
        self._tete_lue = self._lue = self._a_lancer = self._repondue = False
        self._course: Course[Sortie | None] | None = None
        self._corps = bytearray()
        self._recus = 0
        self._attendue = self._en_pause = self._continuer = False
        self._suite: asyncio.Future[None] | None = None

    # --- What the transport says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        pair = transport.get_extra_info("peername")
        self._pair = str(pair[0]) if isinstance(pair, tuple) else None
        self._etat.connections.add(self)
        if len(self._etat.connections) > self.connexions_max:
            self._refus = ServiceIndisponible("connexions")
            self._refuser_la_lecture()
            return
        self._tete_ou_corps.dans(self.tete_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._etat.connections.discard(self)
        self._tete_ou_corps.finir()
        self._depart.finir()
        self._perdu = True
        self._reveiller()

    def data_received(self, data: bytes) -> None:
        if self._sourd:
            return
        self._octets += len(data)
        try:
            self._lecteur.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # it does not take place; `_sourd` since its head
        except httptools.HttpParserError:
            self._refuser_la_lecture()
        if not self._tete_lue and self._octets > TETE_MAX and not self._sourd:
            self._refus = EntetesTropGrands()
            self._refuser_la_lecture()
        if self._a_lancer:
            self._lancer()

    def pause_writing(self) -> None:
        """A client that does not read its answers is not asked what it wants next."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def shutdown(self) -> None:
        """The server ends: after the answer that is under way."""
        if self._course is None or self._repondue:
            self._transport.close()
        else:
            self._garder = False

    @property
    def a_parle(self) -> bool:
        """Whether the client has asked something, whole at least in its head."""
        return self._course is not None or self._oisif

    # --- What the parser says

    def on_message_begin(self) -> None:
        if (self._course is not None and not self._repondue) or self._a_lancer:
            self._sourd, self._garder = True, False  # no pipelining: answer what runs, then close
            raise RequeteInvalide("a_la_file")
        self._commencer()
        self._octets, self._oisif = 0, False
        self._tete_ou_corps.dans(self.tete_s)

    def on_url(self, url: bytes) -> None:
        self._cible += url
        self._mesurer(len(url))

    def on_header(self, nom: bytes, valeur: bytes) -> None:
        if self._tete_lue:  # a trailer, which was not judged with the head
            raise self._refuser(RequeteInvalide("apres_le_corps"))
        self._entetes.append((nom.lower(), valeur))
        self._mesurer(len(nom) + len(valeur))

    def on_headers_complete(self) -> None:
        self._tete_lue = True
        self._methode = self._lecteur.get_method().decode("ascii")
        version = self._lecteur.get_http_version()
        try:
            self._lus = exiger_une_lecture(version, self._cible, self._entetes)
        except Refus as refus:
            raise self._refuser(refus) from None
        self._continuer = self._lus.get(b"expect", b"").lower() == b"100-continue"
        if version == "1.0" or not self._lecteur.should_keep_alive():
            self._garder = False
        if self._lecteur.should_upgrade():
            self._sourd, self._garder = True, False
        self._tete_ou_corps.dans(self.corps_s)
        self._a_lancer = True

    def on_body(self, corps: bytes) -> None:
        self._recus += len(corps)
        if not self._repondue:
            self._corps += corps
            if self._recus > AVANCE_MAX and not self._attendue and not self._en_pause:
                self._en_pause = True
                self._transport.pause_reading()
        elif not self._garder and self._recus > VIDAGE_MAX:
            self._transport.close()
        self._reveiller()

    def on_message_complete(self) -> None:
        self._lue = True
        if not self._repondue:
            self._tete_ou_corps.jamais()
        elif self._garder:
            self._se_reposer()
        else:
            self._transport.close()
        self._reveiller()

    # --- One request

    def _lancer(self) -> None:
        self._a_lancer = False
        if self._perdu:
            return
        chemin, _, requete = self._cible.partition(b"?")
        recue = Recue(self._methode, chemin, requete, self._entetes, self._lus, self._pair, self._lire_le_corps)
        course = self._course = Course(self._boucle, self._porte.repondre(recue), self._repondre)
        self._etat.tasks.add(course)
        course.avancer()

    async def _lire_le_corps(self, limite: int) -> bytes:
        """Raises TropGrand; ClientParti where it will not be whole."""
        if int(self._lus.get(b"content-length", b"0")) > limite:
            raise TropGrand()
        if self._continuer and not self._recus and not self._lue and not self._transport.is_closing():
            self._transport.write(_CONTINUER)
        self._attendue = True
        self._reprendre()
        while not self._lue and not self._perdu and self._recus <= limite:
            self._suite = self._boucle.create_future()
            await self._suite
        if self._recus > limite:
            raise TropGrand()
        if not self._lue:
            raise ClientParti()
        return bytes(self._corps)

    def _reveiller(self) -> None:
        """Whoever waits for the body looks again."""
        if self._suite is not None:
            if not self._suite.done():
                self._suite.set_result(None)
            self._suite = None

    def _reprendre(self) -> None:
        if self._en_pause and not self._transport.is_closing():
            self._en_pause = False
            self._transport.resume_reading()

    def _repondre(self, course: Course[Sortie | None], sortie: Sortie | None) -> None:
        """The request is over: write its answer, then wait for the next one, or close."""
        self._etat.tasks.discard(course)
        self._etat.total_requests += 1
        self._repondue = True
        self._corps.clear()
        if self._perdu or self._transport.is_closing():
            return
        if sortie is None:
            self._transport.abort()
            return
        communs = _COMMUNS.octets(self._etat.default_headers)
        self._garder = self._garder and not sortie.derniere and not _COMMUNS.derniers
        corps = b"" if self._methode == "HEAD" else sortie.corps
        fin = b"\r\n" if self._garder or sortie.derniere else _FERMER
        self._transport.write(b"%b%b%b%b" % (sortie.tete, communs, fin, corps))
        self._depart.dans(self.reponse_s)
        if self._garder:
            if self._lue:
                self._se_reposer()
            self._reprendre()
        elif sortie.derniere and not self._lue and not self._sourd:
            self._reprendre()
            self._tete_ou_corps.dans(VIDAGE_S)
        else:
            self._transport.close()

    def _se_reposer(self) -> None:
        self._oisif = True
        self._tete_ou_corps.dans(OISIVETE_S)

    # --- Refusals and cuts

    def _refuser_la_lecture(self) -> None:
        """The one answer to a request that cannot be read; none where that request has been answered."""
        if self._sourd:
            return
        self._sourd = True
        REQUETES_REFUSEES.labels(self._refus.cause).inc()
        self._a_lancer = False
        muet = self._tete_lue and self._repondue
        if not muet:
            self._transport.write(_reponse(self._refus))
        self._perdu = True  # what runs has nobody to answer any more
        self._reveiller()
        self._transport.close()

    def _mesurer(self, octets: int) -> None:
        self._taille += octets
        if self._taille > TETE_MAX or len(self._entetes) > ENTETES_MAX:
            raise self._refuser(EntetesTropGrands())

    def _refuser(self, refus: Refus) -> Refus:
        self._refus = refus
        return refus

    def _echoir(self) -> None:
        if self._oisif or (self._repondue and not self._garder):
            self._transport.close()
        else:
            self._couper()

    def _couper(self) -> None:
        REQUETES_REFUSEES.labels("lente").inc()
        self._transport.abort()

    def _exiger_le_depart(self) -> None:
        if self._transport.get_write_buffer_size():
            self._couper()


class _Communs:
    """The headers that the server adds to each answer (the date), made anew once a second as it does; `derniers` once
    it leaves, and no connection is to go on."""

    def __init__(self) -> None:
        self._lus: Entetes = []
        self._octets = b""
        self.derniers = False

    def octets(self, entetes: Entetes) -> bytes:
        """Their lines."""
        if entetes is not self._lus:
            self._lus = entetes
            self.derniers = FERMER in entetes
            self._octets = b"".join(b"%b: %b\r\n" % entete for entete in entetes if entete != FERMER)
        return self._octets


_COMMUNS = _Communs()


def _reponse(refus: Refus) -> bytes:
    probleme = Probleme(refus.code)
    corps = probleme.corps()
    return (
        f"HTTP/1.1 {probleme.statut} \r\ncontent-type: {MIME}\r\ncontent-length: {len(corps)}\r\n"
        "cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n"
    ).encode() + corps
