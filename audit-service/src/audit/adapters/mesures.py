"""What the journal knows of itself, read when `/metrics` is asked for: the collector has no listener of its own.

Invariant: a reading touches the head of each source and the open alarms, however long the journal is.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.metrics_core import GaugeMetricFamily
from sqlalchemy import Connection, Engine, select

from audit.adapters.alarmes import AlarmesSql
from audit.adapters.journal import JournalSql
from audit.adapters.tables import journal
from audit.domain.accueil import Genre
from socle.database import lecture

DERNIERES = 50
"""Over so many entries the shortest way into the journal is looked for: one that is slow shows no wrong clock."""


class ReleveJournal:
    """The heads of the journal, its clocks and its alarms, by source; and when the witnesses were last written."""

    def __init__(self, engine: Engine, sources: Collection[str], temoins: Path) -> None:
        self._engine = engine
        self._sources = tuple(sources)
        self._temoins = temoins

    def collect(self) -> Iterator[Metric]:
        """Read it now. A source without entries has a rank, and neither instant nor delay."""
        rangs = _famille("mcp_journal_rang", "The last rank of the source that the journal has")
        recus = _famille("mcp_journal_recu_seconds", "When the newest entry was taken in, in seconds of the epoch")
        delais = _famille(
            "mcp_journal_delai_min_seconds",
            "Shortest time from an act to its entry, of the newest entries; below 0 the clocks disagree",
        )
        ouvertes = _famille("mcp_journal_alarmes_ouvertes", "Alarms that no operator has lifted", "genre")
        with lecture(self._engine) as connexion:
            for source in self._sources:
                rangs.add_metric([source], JournalSql(connexion).tete(source).rang)
                dernier, delai = _dernieres(connexion, source)
                if dernier is not None:
                    recus.add_metric([source], dernier)
                if delai is not None:
                    delais.add_metric([source], delai)
            comptes = Counter((alarme.source, alarme.genre) for alarme in AlarmesSql(connexion).ouvertes())
        for source in self._sources:
            for genre in Genre:
                ouvertes.add_metric([source, genre.value], comptes[source, genre.value])
        yield from (rangs, recus, delais, ouvertes)
        if (ecrit := _ecriture(self._temoins)) is not None:
            yield GaugeMetricFamily(
                "mcp_temoins_ecrits_seconds", "When a head was last witnessed, in seconds of the epoch", ecrit
            )


def _dernieres(connexion: Connection, source: str) -> tuple[float | None, float | None]:
    """When the newest entry was taken in, and the shortest delay of the newest ones, in seconds."""
    requete = (
        select(journal.c.recu_a, journal.c.instant)
        .where(journal.c.source == source)
        .order_by(journal.c.rang.desc())
        .limit(DERNIERES)
    )
    lues = connexion.execute(requete).all()
    delais = [x.recu_a - datetime.fromisoformat(x.instant).timestamp() for x in lues if x.instant is not None]
    return (lues[0].recu_a if lues else None), min(delais, default=None)


def _ecriture(dossier: Path) -> float | None:
    """The time of the last change to the newest file of the witnesses; None where there is none."""
    try:
        return max((fichier.stat().st_mtime for fichier in dossier.glob("*.ndjson")), default=None)
    except OSError:
        return None


def _famille(nom: str, aide: str, *etiquettes: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(nom, aide, labels=["source", *etiquettes])
