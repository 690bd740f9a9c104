"""The dead letters: looked at without their content, and published again once what was wrong is mended.

Invariant: audit's word stands for a message that it publishes again, so it publishes only what its source had
published itself: one that spoke for another source stays where it is.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.adapters.reception import Raison, lire
from socle.courtier import Editeur, Message, ouvrir

FILE = "audit.rebut"


@dataclass(frozen=True, slots=True)
class Rebut:
    """One dead letter: what its headers say, each None if it does not say it; why the broker set it aside; what of it
    cannot be placed, None if all can. `de_sa_source`: whether the broker vouches that its source published it."""

    source: str | None
    rang: int | None
    raison: str | None
    place: str | None
    octets: int
    de_sa_source: bool


def parcourir(
    adresses: Callable[[], Iterable[str]], certificats: Path | None, sources: frozenset[str], rejouer: Editeur | None
) -> Iterator[Rebut]:
    """Every dead letter that is there now. With `rejouer` each that is of its source is published again, confirmed,
    and only then removed.

    Raises CourtierIndisponible where it cannot be published; OSError or AMQPError where the broker is away.
    """
    lien = ouvrir(adresses, certificats)
    try:
        canal = lien.channel()
        canal.auto_decode = False  # bytes go again as they came
        _, restent, _ = canal.queue_declare(FILE, passive=True)
        for _ in range(restent):
            message = canal.basic_get(FILE, no_ack=False)
            if message is None:
                return
            dit = _dire(message, sources)
            if rejouer is not None and dit.de_sa_source:
                rejouer.publier([_de_nouveau(message)])
                canal.basic_ack(message.delivery_tag)
            yield dit
    finally:
        lien.release()  # what was only looked at goes back


def _dire(message: Any, sources: frozenset[str]) -> Rebut:
    entetes = message.headers or {}
    source, rang = entetes.get("source"), entetes.get("rang")
    place = lire(entetes, message.body, message.properties.get("user_id"), sources)
    raisons = [mort.get("reason") for mort in entetes.get("x-death") or () if isinstance(mort, dict)]
    return Rebut(
        source if isinstance(source, str) else None,
        rang if isinstance(rang, int) else None,
        next((str(raison) for raison in raisons if raison), None),
        place.value if isinstance(place, Raison) else None,
        len(message.body),
        source is not None and message.properties.get("user_id") == source,
    )


def _de_nouveau(message: Any) -> Message:
    entetes = {nom: valeur for nom, valeur in (message.headers or {}).items() if not nom.startswith("x-")}
    corps = message.body.encode() if isinstance(message.body, str) else message.body
    return Message(message.delivery_info["routing_key"], message.properties.get("message_id", ""), corps, entetes)
