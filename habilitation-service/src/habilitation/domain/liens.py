"""What every link of the chain says of itself: since when, by whom, why. It is closed once and never rewritten."""

from dataclasses import dataclass
from datetime import datetime

from socle.refus import AccesRefuse


@dataclass(frozen=True, slots=True)
class Trait:
    """The stroke of the pen that opens a link or closes it; `version` is that of the rights after it."""

    instant: datetime
    par: str
    motif: str | None = None
    version: int | None = None


def trait(instant: datetime, par: str | None, motif: str | None = None, version: int | None = None) -> Trait:
    """Give the stroke of this person. Raises AccesRefuse if nobody holds the pen."""
    if par is None:
        raise AccesRefuse("sans_auteur")
    return Trait(instant, par, motif, version)
