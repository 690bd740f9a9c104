"""The public keys."""

from collections.abc import Callable
from typing import Any


def publier(jwks: Callable[[], dict[str, Any]]) -> Any:
    """The set of keys (RFC 7517)."""
    return jwks()
