"""Metrics of a process, in Prometheus' form; no label ever holds a person's or a dossier's reference."""

import os

from prometheus_client import REGISTRY, CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

DOSSIER_PARTAGE = "PROMETHEUS_MULTIPROC_DIR"
"""Where the processes of one service put their counts together (prometheus_client reads it when it is imported)."""

OPERATIONS = Histogram(
    "mcp_operation_seconds", "Time of an operation, in seconds", ["operation", "statut"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)  # fmt: skip
AGE_OUTBOX = Gauge(
    "mcp_outbox_age_seconds", "Age of the oldest event without a rank, in seconds", multiprocess_mode="mostrecent"
)


def exposer() -> bytes:
    """All metrics of this process, or of all workers of the service together, as text."""
    if not os.environ.get(DOSSIER_PARTAGE):
        return generate_latest(REGISTRY)
    ensemble = CollectorRegistry()
    MultiProcessCollector(ensemble)  # type: ignore[no-untyped-call]
    return generate_latest(ensemble)
