"""What the sources push through RabbitMQ is taken in; what the broker does not bring is pulled (`collecte`).

Invariant: a message is acknowledged after the commit that took it in, or that showed it to be known; while the
database is away, messages are held and none is given back: each return counts against the delivery limit. Only a
message without readable source, rank and print goes to the dead letters.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

from amqp.exceptions import AMQPError
from kombu.exceptions import KombuError

from audit.domain.accueil import Lot, Suite
from audit.domain.chaine import RANG_MAX, VERSION_MAX, Recu, Tete, est_empreinte
from audit.usecases.accueillir import accueillir
from audit.usecases.ports import Registre
from socle.annonce import dire_du_courtier
from socle.causes import Pauses
from socle.courtier import ouvrir
from socle.revision import dire

FILE = "audit"
AVANCE = 1_500
LOT = 500
"""A batch; the broker has two more under way while one is taken in."""
SILENCE_S, GROUPER_S, PAUSE_S = 0.02, 0.25, 1.0
"""A batch that is not full is closed when nothing more came for so long, or after so long in all."""
logger = logging.getLogger(__name__)


class Raison(StrEnum):
    """Why a message cannot be placed: what of it does not say what it must, or says what no journal holds."""

    SOURCE = "source"
    AUTEUR = "auteur"
    RANG = "rang"
    VERSION = "version"
    EMPREINTE = "empreinte"
    CORPS = "corps"


class Reception:
    """Consumes the queue of audit until `arret`; `combler` is called with a source whose ranks have a hole."""

    def __init__(
        self,
        adresses: Callable[[], Iterable[str]],
        sources: Iterable[str],
        registre: Registre,
        arret: threading.Event,
        combler: Callable[[str], None],
        certificats: Path | None = None,
    ) -> None:
        self._adresses = adresses
        self._certificats = certificats
        self._sources = frozenset(sources)
        self._registre = registre
        self._arret = arret
        self._combler = combler
        self._recus: list[Any] = []

    def suivre(self) -> None:
        """Connect, consume, and connect again for as long as the broker is away."""
        pauses = Pauses()
        while not self._arret.is_set():
            try:
                self._consommer(pauses)
            except (OSError, KombuError, AMQPError) as faute:
                if self._arret.is_set():
                    return
                dire_du_courtier(type(faute).__name__)
                self._arret.wait(pauses.suivante())

    def _consommer(self, pauses: Pauses) -> None:
        lien = ouvrir(self._adresses, self._certificats)
        self._recus = []
        try:
            canal = lien.channel()
            canal.auto_decode = False  # bytes are taken in as they came
            canal.basic_qos(0, AVANCE, False)
            canal.basic_consume(FILE, callback=self._recus.append)
            dire_du_courtier(None)
            pauses.reprendre()
            while not self._arret.is_set():
                self._attendre(lien)
                if self._recus:
                    lot, self._recus[:] = self._recus[:LOT], self._recus[LOT:]
                    self._prendre(canal, lot, lien.heartbeat_check)
        finally:
            lien.release()

    def _attendre(self, lien: Any) -> None:
        """Until there is something, and then until a batch is full or nothing more comes."""
        fin = time.monotonic() + (GROUPER_S if self._recus else PAUSE_S)
        while len(self._recus) < LOT and (reste := fin - time.monotonic()) > 0:
            premier = not self._recus
            try:
                lien.drain_events(timeout=reste if premier else min(reste, SILENCE_S))
            except TimeoutError:
                break
            if premier:
                fin = min(fin, time.monotonic() + GROUPER_S)
        lien.heartbeat_check()

    def _prendre(self, canal: Any, lot: list[Any], battre: Callable[[], None]) -> None:
        par_source: dict[str, list[Recu]] = {}
        dernier = None
        for message in lot:
            place = lire(message.headers, message.body, message.properties.get("user_id"), self._sources)
            if isinstance(place, Raison):
                logger.error("message sans place", extra={"cause": place.value})
                canal.basic_reject(message.delivery_tag, requeue=False)
            else:
                par_source.setdefault(place[0], []).append(place[1])
                dernier = message.delivery_tag
        for source, recus in par_source.items():
            self._accueillir(source, recus, battre)
        if dernier is not None:  # what was refused is settled: acknowledging it would break the channel
            canal.basic_ack(dernier, multiple=True)

    def _accueillir(self, source: str, recus: list[Recu], battre: Callable[[], None]) -> None:
        recus.sort(key=lambda recu: recu.rang)
        dernier, pauses = recus[-1], Pauses()
        lot = Lot(recus[0].rang - 1, Tete(dernier.rang, dernier.empreinte), tuple(recus))
        while not self._arret.is_set():
            try:
                if accueillir(self._registre, source, lot).suite == Suite.TROU:
                    self._combler(source)
                return
            except Exception as faute:  # noqa: BLE001 -- told, and tried again: giving it back would count
                if not dire(faute):
                    logger.error("accueil en échec", extra={"source": source, "faute": faute.__class__.__name__})
                battre()
                self._arret.wait(pauses.suivante())
        raise OSError("arret")  # not taken in: not acknowledged


def lire(entetes: Any, corps: Any, auteur: Any, sources: frozenset[str]) -> tuple[str, Recu] | Raison:
    """The source and the ranked event of a message; why, where it cannot be placed, or is not of its source.

    `auteur` is the user that published it, as the broker has verified; audit itself publishes dead letters again.
    Whatever passes here the journal can hold: one that it cannot would stop, again and again, all that come with it.
    """
    lus = entetes if isinstance(entetes, dict) else {}
    source, rang, version = lus.get("source"), lus.get("rang"), lus.get("version")
    if not isinstance(source, str) or source not in sources:
        return Raison.SOURCE
    if auteur not in (source, FILE):
        return Raison.AUTEUR
    if type(rang) is not int or not 1 <= rang <= RANG_MAX:
        return Raison.RANG
    if type(version) is not int or not 0 <= version <= VERSION_MAX:
        return Raison.VERSION
    if not est_empreinte(lus.get("precedente")) or not est_empreinte(lus.get("empreinte")):
        return Raison.EMPREINTE
    try:
        octets = corps.encode() if isinstance(corps, str) else bytes(corps)
    except (TypeError, ValueError):  # a text with half a character, or no text at all
        return Raison.CORPS
    return source, Recu(rang, version, lus["precedente"], lus["empreinte"], octets)
