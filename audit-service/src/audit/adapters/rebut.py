"""The dead letters: looked at without their content, and published again once what was wrong is mended.

Invariant: audit's word stands for a message that it publishes again, so it publishes only what its source had
published itself: one that spoke for another source stays where it is.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from socle.courtier import Editeur, Message, ouvrir

FILE = "audit.rebut"


@dataclass(frozen=True, slots=True)
class Rebut:
    """One dead letter: what its headers say, each None if it does not say it, and why it was set aside. `de_sa_source`
    says whether the broker vouches that its source published it."""

    source: str | None
    rang: int | None
    raison: str | None
    octets: int
    de_sa_source: bool


def parcourir(
    adresses: Callable[[], Iterable[str]], certificats: Path | None, rejouer: Editeur | None
) -> Iterator[Rebut]:
    """Every dead letter that is there now. With `rejouer` each that is of its source is published again, confirmed,
    and only then removed.

    Raises CourtierIndisponible where it cannot be published; OSError or AMQPError where the broker is away.
    """
    lien = ouvrir(adresses, certificats)
    try:
        canal = lien.channel()
        _, restent, _ = canal.queue_declare(FILE, passive=True)
        for _ in range(restent):
            message = canal.basic_get(FILE, no_ack=False)
            if message is None:
                return
            dit = _dire(message)
            if rejouer is not None and dit.de_sa_source:
                rejouer.publier([_de_nouveau(message)])
                canal.basic_ack(message.delivery_tag)
            yield dit
    finally:
        lien.release()  # what was only looked at goes back


def _dire(message: Any) -> Rebut:
    entetes = message.headers or {}
    source, rang = entetes.get("source"), entetes.get("rang")
    raisons = [mort.get("reason") for mort in entetes.get("x-death") or () if isinstance(mort, dict)]
    return Rebut(
        source if isinstance(source, str) else None,
        rang if isinstance(rang, int) else None,
        next((str(raison) for raison in raisons if raison), None),
        len(message.body),
        source is not None and message.properties.get("user_id") == source,
    )


def _de_nouveau(message: Any) -> Message:
    entetes = {nom: valeur for nom, valeur in (message.headers or {}).items() if not nom.startswith("x-")}
    corps = message.body.encode() if isinstance(message.body, str) else message.body
    return Message(message.delivery_info["routing_key"], message.properties.get("message_id", ""), corps, entetes)
