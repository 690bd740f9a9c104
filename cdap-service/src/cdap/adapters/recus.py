"""What every import parser gives: dossiers, rejects with their place, the count that a flow announces.

Invariant: a reject tells where and why, never what: no value of the file is in it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cdap.domain.dossiers import Cle, Dossier


@dataclass(frozen=True, slots=True)
class Arrivee:
    """The household came from another Caf on that day; `quittee` is the key that it had there, where it is told."""

    quittee: Cle | None
    le: date


@dataclass(frozen=True, slots=True)
class Recu:
    """A dossier that was read whole; `arrete` where this record has one of its own."""

    dossier: Dossier
    place: str = ""
    arrete: str | None = None
    arrivee: Arrivee | None = None


@dataclass(frozen=True, slots=True)
class Rejet:
    """A record that was not: its place (« ligne 12 », « ligne 40, foyer 3 »), the field at fault if any, why."""

    place: str
    champ: str | None
    raison: str


class Nature(StrEnum):
    """What kind of flow a file is, where it says so."""

    RSA_MENSUEL = "flux RSA mensuel"
    RSA_QUOTIDIEN = "flux RSA quotidien"
    RSA = "flux RSA"
    DOSSIERS = "flux de dossiers"


@dataclass(frozen=True, slots=True)
class Entete:
    """What a flow says of itself before all else: its nature, and the « arrêté » for which it vouches.

    `arrete` sorts as time does: the day of reference, then the instant of making (a flow that is made again for
    the same day is the newer one). None where the flow does not say.
    """

    nature: Nature
    arrete: str | None


@dataclass(frozen=True, slots=True)
class Bilan:
    """The end of a flow that announces its count: how many households it announced, how many it held.

    `annonces` is None where the flow does not say. More than announced were read all the same; fewer, or
    none said, may be a flow cut short: the caller decides.
    """

    annonces: int | None
    lus: int

    @property
    def ecart(self) -> int | None:
        """Held minus announced, negative where some are missing."""
        return None if self.annonces is None else self.lus - self.annonces


Lu = Entete | Recu | Rejet | Bilan
Lecture = Iterator[Lu]
Suivi = Callable[[int], None]
"""Is told, while a file is read, how many bytes of it have been."""


class LectureImpossible(Exception):
    """The file as a whole cannot be read, or not to its end; what came out before must not be kept."""


class ChampInvalide(Exception):
    """Inside a parser: this record is to be rejected because of this field."""

    def __init__(self, champ: str | None, raison: str, ligne: int | None = None) -> None:
        super().__init__(raison)
        self.champ = champ
        self.raison = raison
        self.ligne = ligne

    def rejet(self, place: str) -> Rejet:
        """The reject of the record that stands at this place."""
        return Rejet(place, self.champ, self.raison)


def sans_suivi(_: int) -> None:
    """Tell nobody."""
