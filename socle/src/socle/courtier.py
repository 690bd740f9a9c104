"""Publishing on RabbitMQ, so that what is said to be there is there.

Invariant: a batch counts as published only when the broker has confirmed every message of it and returned none:
persistent, mandatory, bounded in time, with an author that the broker vouches for (`user_id`). After a fault the same
batch is published again; who reads it knows an event by its rank. One connection belongs to one thread.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amqp.exceptions import AccessRefused, AMQPError
from kombu.connection import Connection
from kombu.exceptions import KombuError

from socle import tls
from socle.trames import Trames

ECHANGE = "evenements"
DELAI_S = 5.0
LOT_S = 20.0
PERSISTANT = 2
MORCEAU = 16_384
MIME = "application/cloudevents+json"


class CourtierIndisponible(Exception):
    """The broker is away, refuses, or did not take everything; the text names the kind of fault alone."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is published: the routing key, the bytes as they were written, and what places them in their chain."""

    cle: str
    id: str
    corps: bytes
    entetes: Mapping[str, str | int]


def connexion(adresse: str, certificats: Path | None = None) -> Any:
    """A connection that is not yet open; `amqps://` is verified against `certificats`, or the system's."""
    options: Any = False
    if adresse.startswith("amqps:"):
        adresse = adresse.replace("amqps:", "amqp:", 1)
        options = tls.amqp(certificats)
    return Connection(  # type: ignore[no-untyped-call]
        adresse,
        ssl=options,
        connect_timeout=DELAI_S,
        heartbeat=20,
        transport_options={"read_timeout": DELAI_S, "write_timeout": DELAI_S},
    )


def par_morceaux(lien: Any) -> None:
    """An open connection then asks the system for what there is, instead of nine times for one message.

    py-amqp keeps what it has read too much, but never asks for more than the next piece of a frame.
    """
    transport = lien.connection.transport
    if hasattr(transport, "_quick_recv"):
        recevoir = transport._quick_recv
        transport._quick_recv = lambda combien: recevoir(max(combien, MORCEAU))


def ouvrir(adresses: Callable[[], Iterable[str]], certificats: Path | None = None) -> Any:
    """An open connection with the first of these addresses whose user the broker knows.

    Raises OSError, KombuError or AMQPError where there is none.
    """
    refus: AMQPError | OSError = ConnectionError("sans adresse")
    for adresse in adresses():
        lien = connexion(adresse, certificats)
        try:
            lien.connect()
        except AccessRefused as faute:
            _lacher(lien)
            refus = faute
        except BaseException:
            _lacher(lien)
            raise
        else:
            par_morceaux(lien)
            return lien
    raise refus


def _lacher(lien: Any) -> None:
    with contextlib.suppress(Exception):  # it may be broken in any way; a new one is made
        lien.collect(socket_timeout=1)


class Editeur:
    """Publishes batches, in order, on one connection that it makes anew after each fault, to one of `adresses`."""

    def __init__(self, adresses: Callable[[], Iterable[str]], certificats: Path | None = None) -> None:
        self._adresses = adresses
        self._certificats = certificats
        self._connexion: Any = None
        self._canal: Any = None
        self._trames: Any = None
        self._attendus: set[int] = set()
        self._numero = self._refus = 0

    def publier(self, lot: Sequence[Message]) -> None:
        """Return once the broker has taken all of them. Raises CourtierIndisponible."""
        try:
            self._publier(lot)
        except CourtierIndisponible:
            self.fermer()
            raise
        except (OSError, KombuError, AMQPError) as faute:
            self.fermer()
            raise CourtierIndisponible(type(faute).__name__) from None

    def fermer(self) -> None:
        """Let go of the connection."""
        if self._connexion is not None:
            _lacher(self._connexion)
        self._connexion = self._canal = None

    def _publier(self, lot: Sequence[Message]) -> None:
        liaison = self._ouvrir().connection
        if liaison is None:
            raise CourtierIndisponible("canal fermé")
        self._refus = 0
        premier = self._numero
        octets = b"".join(
            morceau
            for message in lot
            for morceau in self._trames.publier(message.cle, message.id, message.entetes, message.corps)
        )
        self._numero += len(lot)
        self._attendus = set(range(premier + 1, self._numero + 1))
        with liaison.transport.having_timeout(DELAI_S):
            liaison.transport.write(octets)
        fin = time.monotonic() + LOT_S
        while self._attendus and time.monotonic() < fin:
            liaison.drain_events(timeout=DELAI_S)
        if self._attendus:
            raise CourtierIndisponible("sans confirmation")
        if self._refus:
            raise CourtierIndisponible(f"{self._refus} refusé(s) sur {self._numero - premier}")

    def _ouvrir(self) -> Any:
        if self._canal is None:
            self._connexion = ouvrir(self._adresses, self._certificats)
            self._canal = self._connexion.channel()
            self._canal.confirm_select()
            self._canal.events["basic_ack"].add(self._confirmer)
            self._canal.events["basic_nack"].add(self._nier)
            self._canal.events["basic_return"].add(lambda *_: self._refuser())
            self._numero = 0
            self._trames = Trames(
                self._canal.channel_id, self._canal.connection.frame_max, ECHANGE, MIME, "utf-8", PERSISTANT,
                self._connexion.userid or "",
            )  # fmt: skip
        return self._canal

    def _confirmer(self, numero: int, plusieurs: bool) -> None:
        if plusieurs:
            self._attendus = {attendu for attendu in self._attendus if attendu > numero}
        else:
            self._attendus.discard(numero)

    def _nier(self, numero: int, plusieurs: bool) -> None:
        self._refuser()
        self._confirmer(numero, plusieurs)

    def _refuser(self) -> None:
        self._refus += 1
