"""What every import parser gives: dossiers, rejects with their place, the count that a flow announces.

Invariant: a reject tells where and why, never what: no value of the file is in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cdap.domain.dossiers import Dossier


@dataclass(frozen=True, slots=True)
class Recu:
    """A dossier that was read whole."""

    dossier: Dossier


@dataclass(frozen=True, slots=True)
class Rejet:
    """A record that was not: its place (« ligne 12 », « foyer 3 »), the field at fault if any, the reason."""

    place: str
    champ: str | None
    raison: str


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


Lecture = Iterator[Recu | Rejet | Bilan]


class LectureImpossible(Exception):
    """The file as a whole cannot be read, or not to its end; what came out before must not be kept."""


class ChampInvalide(Exception):
    """Inside a parser: this record is to be rejected because of this field."""

    def __init__(self, champ: str | None, raison: str) -> None:
        super().__init__(raison)
        self.champ = champ
        self.raison = raison

    def rejet(self, place: str) -> Rejet:
        """The reject of the record that stands at this place."""
        return Rejet(place, self.champ, self.raison)
