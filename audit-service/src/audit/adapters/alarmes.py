"""The alarms over SQL: kept until an operator has looked, and after."""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from audit.adapters.tables import alarmes
from audit.domain.accueil import Alarme, Genre

_ARRETENT = [genre.value for genre in Genre if genre.arrete]
_LISTE: Select[*tuple[Any, ...]] = select(
    alarmes.c.id, alarmes.c.a, alarmes.c.source, alarmes.c.rang, alarmes.c.genre, alarmes.c.levee_a
).order_by(alarmes.c.id)


class AlarmesSql:
    """Alarms, with what did not fit, as it was received."""

    def __init__(self, connexion: Connection) -> None:
        self._connexion = connexion

    def inscrire(self, nouvelles: Sequence[Alarme]) -> None:
        """Keep alarms."""
        if nouvelles:
            a = time.time()
            self._connexion.execute(insert(alarmes), [_ligne(alarme, a) for alarme in nouvelles])

    def arretent(self, source: str) -> bool:
        """Whether an alarm that no operator has looked at stops this source."""
        requete = select(alarmes.c.id).where(
            alarmes.c.source == source, alarmes.c.genre.in_(_ARRETENT), alarmes.c.levee_a.is_(None)
        )
        return self._connexion.execute(requete.limit(1)).scalar() is not None

    def toutes(self) -> Sequence[Row[*tuple[Any, ...]]]:
        """Every alarm, oldest first, without what it keeps."""
        return self._connexion.execute(_LISTE).all()

    def ouvertes(self) -> Sequence[Row[*tuple[Any, ...]]]:
        """Those that no operator has lifted, oldest first."""
        return self._connexion.execute(_LISTE.where(alarmes.c.levee_a.is_(None))).all()

    def lever(self, id: int) -> bool:
        """An operator has looked: the source may go on; false where no such alarm is open."""
        ouverte = alarmes.c.id == id, alarmes.c.levee_a.is_(None)
        if self._connexion.execute(select(alarmes.c.id).where(*ouverte)).scalar() is None:
            return False
        self._connexion.execute(update(alarmes).where(*ouverte).values(levee_a=time.time()))
        return True


def _ligne(alarme: Alarme, a: float) -> dict[str, Any]:
    recu = alarme.recu
    return {
        "a": a,
        "source": alarme.source,
        "rang": alarme.rang,
        "genre": alarme.genre.value,
        "empreinte": alarme.empreinte,
        "precedente": recu and recu.precedente,
        "version": recu and recu.version,
        "corps": recu and recu.corps,
    }
