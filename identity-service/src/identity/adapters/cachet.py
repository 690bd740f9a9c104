"""Keyed prints: what lets two things be compared later without being kept.

Invariant: without the key, which is a file of mode 0600, a print says nothing of what was typed.
"""

import hmac
import secrets
from hashlib import sha256
from pathlib import Path

from socle.fichiers import creer_si_absent

OCTETS = 32


class CachetHmac:
    """HMAC-SHA-256 with a key of this service."""

    def __init__(self, cle: bytes) -> None:
        self._cle = cle

    def empreinte(self, genre: str, *textes: str) -> str:
        """The print of these texts, in hexadecimal; another `genre` gives other prints."""
        morceaux = [genre, *textes]
        lu = b"".join(len(octets).to_bytes(4, "big") + octets for octets in map(_octets, morceaux))
        return hmac.new(self._cle, lu, sha256).hexdigest()


def ouvrir(fichier: Path) -> CachetHmac:
    """The key of that file, made if there is none. Raises SystemExit where it cannot serve."""
    creer_si_absent(fichier, secrets.token_hex(OCTETS).encode())
    try:
        cle = bytes.fromhex(fichier.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        cle = b""
    if len(cle) < OCTETS:
        raise SystemExit(f"identity: le secret {fichier} est illisible ou trop court")
    return CachetHmac(cle)


def _octets(texte: str) -> bytes:
    return texte.encode("utf-8", "surrogatepass")
