"""Instants as the contract writes them."""

from datetime import datetime


def instant(a: datetime) -> str:
    """RFC 3339, in UTC, to the second; the instant is in UTC."""
    return a.isoformat(timespec="seconds").replace("+00:00", "Z")
