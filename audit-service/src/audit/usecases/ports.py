"""What the use cases are given: the stores bound to one transaction, and where such a transaction begins."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from audit.domain.accueil import Alarme, Entree
from audit.domain.chaine import Tete
from audit.domain.recherche import Criteres


class Journal(Protocol):
    """The journal: entries are added and read, nothing else."""

    def tete(self, source: str) -> Tete:
        """The last entry of a source; rank 0 where there is none."""
        ...

    def empreintes(self, source: str, rangs: Collection[int]) -> Mapping[int, str]:
        """The prints that the journal has at these ranks."""
        ...

    def connus(self, ids: Collection[str]) -> set[str]:
        """Those of these ids that the journal has, from any source."""
        ...

    def ajouter(self, entrees: Sequence[Entree]) -> None:
        """Add entries, with their bytes as received."""
        ...

    def chercher(self, criteres: Criteres, caf: str, limite: int) -> list[Entree]:
        """The newest events that fit and that this Caf may see."""
        ...

    def lire(self, id: str) -> Entree | None:
        """The event of that id, whoever may see it."""
        ...


class Alarmes(Protocol):
    """What does not fit, kept aside."""

    def inscrire(self, alarmes: Sequence[Alarme]) -> None:
        """Keep alarms."""
        ...

    def arretent(self, source: str) -> bool:
        """Whether an alarm that no operator has looked at stops this source."""
        ...

    def lever(self, id: int) -> bool:
        """An operator has looked: the source may go on; false where no such alarm is open."""
        ...


class Depots(Protocol):
    """The stores of audit."""

    @property
    def journal(self) -> Journal: ...

    @property
    def alarmes(self) -> Alarmes: ...


class Registre(Protocol):
    """Transactions that are nobody's act: taking events over leaves no event, or there would be no end."""

    def ecriture(self) -> AbstractContextManager[Depots]:
        """One transaction, committed if the block is left normally."""
        ...

    def lecture(self) -> AbstractContextManager[Depots]:
        """One transaction that only reads."""
        ...


@dataclass(frozen=True, slots=True)
class Temoignage:
    """A head as it stood, to be kept outside of the journal."""

    source: str
    tete: Tete


class Temoins(Protocol):
    """Heads kept elsewhere."""

    def dernier(self, source: str) -> Tete | None:
        """The last head kept of a source."""
        ...

    def ajouter(self, temoignages: Sequence[Temoignage], a: datetime) -> None:
        """Append, and not return before it is on the disk."""
        ...
