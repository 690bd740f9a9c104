"""Metrics of a service, in Prometheus' form; no label ever holds a person's or a dossier's reference.

Invariant: what the workers count is added up over all of them; what the database knows is read from it at the scrape,
once, whoever of the workers answers.
"""

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, Metric, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import Engine, Select, func, select
from sqlalchemy.exc import SQLAlchemyError

from socle.causes import CONSTATS, Cause
from socle.database import lecture
from socle.outbox import outbox, tete

DOSSIER_PARTAGE = "PROMETHEUS_MULTIPROC_DIR"
"""Where the processes of one service put their counts together (prometheus_client reads it when it is imported)."""

if partage := os.environ.get(DOSSIER_PARTAGE):
    Path(partage).mkdir(parents=True, exist_ok=True)  # a metric without labels opens its file when it is declared

OPERATIONS = Histogram(
    "mcp_operation_seconds", "Time of an operation, in seconds", ["operation", "statut"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)  # fmt: skip
REPONSES_TRACEES = Counter(
    "mcp_reponses_tracees", "Answers of operations that must be traced; recu: oui if with a receipt",
    ["operation", "statut", "recu"],
)  # fmt: skip
EVENEMENTS = Counter("mcp_evenements", "Events that acts of the API have committed", ["source", "type", "issue"])
TRACES_PERDUES = Counter("mcp_traces_perdues", "Batches of spans that the OpenTelemetry collector did not take", [])


class Releve(Protocol):
    """What reads some metrics when they are asked for."""

    def collect(self) -> Iterable[Metric]:
        """The metrics as they are now. Raises SQLAlchemyError where the database is away."""
        ...


@dataclass(frozen=True)
class Exposition:
    """All that `/metrics` of a service says. `dossier`: where another process of this service counts, that has no
    internal listener (the gateway's public door, with workers); its counts stand for those of this process."""

    source: str
    releves: Sequence[Releve]
    dossier: Path | None = None

    def texte(self) -> bytes:
        """The metrics as text. A database that is away is a metric too, and the others are still said."""
        lus, joignable = [], 1
        try:
            for releve in self.releves:
                lus += list(releve.collect())
        except SQLAlchemyError:
            joignable = 0
        lus.append(
            jauge("mcp_base_joignable", "1 if the database could be read for this scrape", self.source, joignable)
        )
        lus.append(jauge("mcp_horloge_seconds", "What the clock of this machine says", self.source, time.time()))
        ensemble = CollectorRegistry()
        ensemble.register(_Lus(lus))
        return exposer(self.dossier) + generate_latest(ensemble)


@dataclass(frozen=True)
class ReleveCauses:
    """What is wrong with this process (`socle.causes`)."""

    source: str

    def collect(self) -> Iterator[Metric]:
        """1 for each kind of fault that holds now, 0 for the others: a series that comes and goes tells nothing."""
        presentes = {cause for cause, _ in CONSTATS.presents}
        famille = GaugeMetricFamily("mcp_cause", "1 while this keeps it from its work", labels=["source", "cause"])
        for cause in Cause:
            famille.add_metric([self.source, cause], cause in presentes)
        yield famille


class ReleveOutbox:
    """How far the events of a service have come; `publie`: whether a broker takes them."""

    def __init__(self, engine: Engine, source: str, publie: bool) -> None:
        self._engine = engine
        self._source = source
        self._publie = publie

    def collect(self) -> Iterator[Metric]:
        """Age and number of what waits for its rank, the last rank, and the last one that the broker confirmed."""
        with lecture(self._engine) as connexion:
            sans_rang = select(func.count(), func.min(outbox.c.inscrit_a)).where(outbox.c.rang.is_(None))
            attendent, depuis = connexion.execute(sans_rang).one()
            rang = connexion.execute(select(tete.c.rang)).scalar_one()
            publie = connexion.execute(_publies()).scalar_one() if self._publie else None
        age = 0.0 if depuis is None else max(0.0, time.time() - depuis)
        yield self._jauge("mcp_outbox_age_seconds", "Age of the oldest event without a rank, in seconds", age)
        yield self._jauge("mcp_outbox_attente", "Events that have no rank yet", attendent)
        yield self._jauge("mcp_outbox_rang", "The last rank given", rang)
        if publie is not None:
            yield self._jauge("mcp_publication_rang", "The last rank that the broker has confirmed", publie)

    def _jauge(self, nom: str, aide: str, valeur: Any) -> Metric:
        return jauge(nom, aide, self._source, valeur)


def jauge(nom: str, aide: str, source: str, valeur: float) -> Metric:
    """One gauge with one value, of one source."""
    famille = GaugeMetricFamily(nom, aide, labels=["source"])
    famille.add_metric([source], valeur)
    return famille


@lru_cache(maxsize=4_096)
def mesure(operation: str, statut: int) -> Histogram:
    """The series of an operation and a status, looked for once."""
    return OPERATIONS.labels(operation, str(statut))


@lru_cache(maxsize=4_096)
def reponse_tracee(operation: str, statut: int, recu: bool) -> Counter:
    """The series of the answers of a traced operation."""
    return REPONSES_TRACEES.labels(operation, str(statut), "oui" if recu else "non")


@lru_cache(maxsize=4_096)
def evenement(source: str, type: str, issue: str) -> Counter:
    """The series of the events of a type."""
    return EVENEMENTS.labels(source, type, issue)


def exposer(dossier: Path | None = None) -> bytes:
    """What this process has counted, or all workers of the service together, as text."""
    partage = dossier or os.environ.get(DOSSIER_PARTAGE)
    if not partage:
        return generate_latest(REGISTRY)
    ensemble = CollectorRegistry()
    MultiProcessCollector(ensemble, str(partage))  # type: ignore[no-untyped-call]
    return generate_latest(ensemble)


class _Lus:
    """What was read, in the form that the library asks for."""

    def __init__(self, lus: Iterable[Metric]) -> None:
        self._lus = lus

    def collect(self) -> Iterable[Metric]:
        return self._lus


def _publies() -> Select[tuple[int]]:
    from socle.publication import publication

    return select(publication.c.rang)
