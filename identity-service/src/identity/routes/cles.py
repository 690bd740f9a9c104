"""The public keys."""

from typing import Any


def publier(jwks: dict[str, Any]) -> Any:
    """The set of keys (RFC 7517)."""
    return jwks
