"""A demand as it was sent: under which condition, and under which key it must be done once only."""

from dataclasses import dataclass
from datetime import datetime

from habilitation.domain.refus import CleReutilisee


@dataclass(frozen=True, slots=True)
class Envoi:
    """`si` is `If-Match`, `cle` the `Idempotency-Key`; `empreinte` tells this demand from any other."""

    si: str | None = None
    cle: str | None = None
    empreinte: str = ""


@dataclass(frozen=True, slots=True)
class Fait:
    """What a demand under this key did: the thing it made, as it stood at that instant."""

    empreinte: str
    reference: str
    instant: datetime


def exiger_le_meme(fait: Fait, envoi: Envoi) -> Fait:
    """Raises CleReutilisee if the key was used for another demand."""
    if fait.empreinte != envoi.empreinte:
        raise CleReutilisee()
    return fait
