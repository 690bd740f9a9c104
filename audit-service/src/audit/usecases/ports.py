"""What the use cases are given: the stores bound to one transaction, and where such a transaction begins."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from audit.domain.accueil import Alarme, Connu, Entree
from audit.domain.chaine import Tete
from audit.domain.extrait import Extrait, Voisinage
from audit.domain.recherche import Criteres
from audit.domain.supervision import Axe, Compte, Periode


class Journal(Protocol):
    """The journal: entries are added and read; the oldest go, behind a point."""

    def tete(self, source: str) -> Tete:
        """The last entry of a source; rank 0 where there is none."""
        ...

    def empreintes(self, source: str, rangs: Collection[int]) -> Mapping[int, str]:
        """The prints that the journal has at these ranks."""
        ...

    def connus(self, ids: Collection[str]) -> Mapping[str, Connu]:
        """Those of these events, by id, that the journal has, from any source."""
        ...

    def a_une_lignee(self, source: str) -> bool:
        """Whether this source was restored, and went on with a new lineage."""
        ...

    def ajouter(self, entrees: Sequence[Entree]) -> None:
        """Add entries, with their bytes as received."""
        ...

    def chercher(self, criteres: Criteres, caf: str, limite: int) -> list[Entree]:
        """The newest events that fit and that this Caf may see."""
        ...

    def autour(self, source: str, rangs: Collection[int]) -> Voisinage:
        """What stands before and after these ranks of a source."""
        ...

    def lire(self, id: str) -> Entree | None:
        """The event of that id, whoever may see it."""
        ...

    def point(self, source: str) -> Tete:
        """The last entry that a purge let go; rank 0 where none did."""
        ...

    def poser_point(self, source: str, point: Tete) -> None:
        """From now on this source begins after the point."""
        ...

    def effacer(self, source: str, limite: int) -> int:
        """Let go of at most so many entries behind the point; how many went."""
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


class Supervision(Protocol):
    """Counts of consultations, without a person."""

    def compter(self, caf: str, periode: Periode, axe: Axe) -> list[Compte]:
        """Openings of dossiers of this Caf by the axis, the greatest first; by hour where the axis is the day."""
        ...


class Editeur(Protocol):
    """Makes the document that a Caf hands over."""

    def __call__(self, extrait: Extrait) -> bytes:
        """The extract as PDF."""
        ...


class Depots(Protocol):
    """The stores of audit."""

    @property
    def journal(self) -> Journal: ...

    @property
    def alarmes(self) -> Alarmes: ...

    @property
    def supervision(self) -> Supervision: ...


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

    def avant(self, source: str, instant: datetime) -> Tete | None:
        """The last head of a source that was witnessed before that instant."""
        ...

    def ajouter(self, temoignages: Sequence[Temoignage], a: datetime) -> None:
        """Append, and not return before it is on the disk."""
        ...
