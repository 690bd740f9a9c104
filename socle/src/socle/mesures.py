"""Metrics of a process, in Prometheus' form; no label ever holds a person's or a dossier's reference."""

from prometheus_client import REGISTRY, Gauge, Histogram, generate_latest

OPERATIONS = Histogram(
    "mcp_operation_seconds", "Time of an operation, in seconds", ["operation", "statut"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)  # fmt: skip
AGE_OUTBOX = Gauge("mcp_outbox_age_seconds", "Age of the oldest event without a rank, in seconds")


def exposer() -> bytes:
    """All metrics of this process, as text."""
    return generate_latest(REGISTRY)
