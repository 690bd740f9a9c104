"""The services that may ask for tokens, by the SHA-256 of their secret.

Invariant: the secret itself is never stored here, and comparing takes the same time whatever is wrong.
"""

import hashlib
import hmac
from pathlib import Path

_PERSONNE = "0" * 64


class ClientsFichiers:
    """One file a client, named as it is, with the SHA-256 of its secret in hexadecimal; read at each proof."""

    def __init__(self, dossier: Path) -> None:
        self._dossier = dossier

    def prouve(self, client: str, secret: str) -> bool:
        """Whether this is the secret of that client."""
        presentee = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
        return hmac.compare_digest(self._attendue(client).encode(), presentee.encode())

    def _attendue(self, client: str) -> str:
        try:
            lue = (self._dossier / client).read_text(encoding="ascii").strip().lower()
        except (OSError, ValueError):
            return _PERSONNE
        return lue
