"""How a time stands in an answer."""

from datetime import UTC, datetime


def instant(a: datetime) -> str:
    """UTC, to the second (RFC 3339)."""
    return a.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
