"""What acts have queued to be handed over after their commit: mails, letters. A queue is a table of the service.

Invariant: who hands something over has taken it first, and its next try is then already set: a process that dies
leaves it to the next one. What was handed over twice, because it died in between, bears the same id both times.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Engine, Float, Integer, Row, Select, Table, insert, select, update
from sqlalchemy.engine import Connection

from socle.database import lecture

DELAI_S, DELAI_MAX_S = 30.0, 3_600.0
DOUBLEMENTS_MAX = 7  # 30 s twice as long seven times is more than an hour; 2**1024 would be more than a float
PAR_TOUR = 50
logger = logging.getLogger(__name__)


def colonnes() -> tuple[Column[Any], ...]:
    """What the table of a queue has beside its `id` and what is handed over; times are seconds of the epoch."""
    return (
        Column("cree_a", Float, nullable=False),
        Column("envoye_a", Float),
        Column("essais", Integer, nullable=False),
        Column("prochain_essai_a", Float, nullable=False),
    )


def enfiler(connexion: Connection, table: Table, instant: datetime, **valeurs: Any) -> None:
    """Have this handed over after the commit."""
    a = instant.timestamp()
    connexion.execute(insert(table).values(**valeurs, cree_a=a, essais=0, prochain_essai_a=a))


@dataclass(frozen=True)
class File:
    """The queue in a table. `efface` are the values that its columns take once a row was handed over."""

    engine: Engine
    table: Table
    efface: Mapping[str, Any]

    def y_en_a(self, a: float) -> bool:
        """Whether something is due, without waiting for any writer."""
        with lecture(self.engine) as connexion:
            return connexion.execute(self._du(a)).first() is not None

    def prendre(self, a: float) -> Row[Any] | None:
        """Take what has been due the longest; its next try waits twice as long each time, an hour at most."""
        colonnes = self.table.c
        with self.engine.begin() as connexion:
            ligne = connexion.execute(self._du(a).with_for_update(skip_locked=True)).first()
            if ligne is not None:
                delai = min(DELAI_S * 2 ** min(ligne.essais, DOUBLEMENTS_MAX), DELAI_MAX_S)
                connexion.execute(
                    update(self.table)
                    .where(colonnes.id == ligne.id, colonnes.essais == ligne.essais)
                    .values(essais=ligne.essais + 1, prochain_essai_a=a + delai)
                )
        return ligne

    def rayer(self, ligne: Row[Any], a: float) -> None:
        """Strike it off the queue."""
        colonnes = self.table.c
        with self.engine.begin() as connexion:
            connexion.execute(
                update(self.table)
                .where(colonnes.id == ligne.id, colonnes.envoye_a.is_(None))
                .values(envoye_a=a, **self.efface)
            )

    def _du(self, a: float) -> Select[Any]:
        colonnes = self.table.c
        return (
            select(self.table)
            .where(colonnes.envoye_a.is_(None), colonnes.prochain_essai_a <= a)
            .order_by(colonnes.prochain_essai_a)
            .limit(1)
        )


@dataclass(frozen=True)
class Tournee:
    """A chore of the relay: hand over what is due. `remettre` raises OSError or ValueError where it cannot."""

    file: File
    remettre: Callable[[Row[Any]], None]

    def __call__(self) -> None:
        """So many at most. One that fails ends the round: who is silent is not asked again at once, and another
        has its turn next."""
        for _ in range(PAR_TOUR):
            present = datetime.now(UTC).timestamp()
            ligne = self.file.prendre(present) if self.file.y_en_a(present) else None
            if ligne is None or not self._remettre(ligne):
                return

    def _remettre(self, ligne: Row[Any]) -> bool:
        try:
            self.remettre(ligne)
        except (OSError, ValueError) as faute:
            dit = {"file": self.file.table.name, "faute": faute.__class__.__name__, "nombre": ligne.essais + 1}
            logger.error("envoi en attente", extra=dit)
            return False
        self.file.rayer(ligne, datetime.now(UTC).timestamp())
        return True
