"""What the use cases are given: the stores of one act, bound to its transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from cdap.domain.consultations import Consultation
from cdap.domain.dossiers import Cle, Dossier


class Dossiers(Protocol):
    """The dossiers, read only."""

    def lire(self, cle: Cle) -> Dossier | None:
        """The dossier of that key, or None."""
        ...


class Consultations(Protocol):
    """The consultations under way."""

    def inscrire(self, consultation: Consultation) -> None:
        """Keep a new consultation."""
        ...

    def lire(self, id: str) -> Consultation | None:
        """The consultation of that id, whoever's it is, or None."""
        ...


class Echecs(Protocol):
    """The failed openings of the last minutes, by user."""

    def de(self, sujet: str, depuis: datetime) -> Sequence[datetime]:
        """When they were, oldest first."""
        ...

    def inscrire(self, sujet: str, a: datetime) -> None:
        """One more."""
        ...

    def retirer(self, sujet: str, a: datetime) -> None:
        """It was none after all."""
        ...


class Depots(Protocol):
    """The stores of CDAP."""

    @property
    def dossiers(self) -> Dossiers: ...

    @property
    def consultations(self) -> Consultations: ...

    @property
    def echecs(self) -> Echecs: ...
