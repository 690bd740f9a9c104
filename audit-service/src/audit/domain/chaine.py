"""The chain of one source: ranks 1, 2, 3 … and prints, each over the one before (architecture.md, section 5).

Invariant: bytes are looked at as they were received; a print is recomputed here with audit's own code, so
that a source's mistake is not repeated.
"""

import hashlib
import re
from dataclasses import dataclass

VERSION = 1
ORIGINE = "0" * 64


@dataclass(frozen=True, slots=True)
class Tete:
    """The last rank of a source, and its print."""

    rang: int
    empreinte: str


_EMPREINTE = re.compile("[0-9a-f]{64}")
RANG_MAX, VERSION_MAX = 2**63 - 1, 2**31 - 1
"""What the columns of the journal hold."""

AVANT_TOUT = Tete(0, ORIGINE)


@dataclass(frozen=True, slots=True)
class Recu:
    """A ranked event as its source gave it."""

    rang: int
    version: int
    precedente: str
    empreinte: str
    corps: bytes


def est_empreinte(valeur: object) -> bool:
    """Whether this is a print, as text that every database holds."""
    return isinstance(valeur, str) and _EMPREINTE.fullmatch(valeur) is not None


def empreinte(precedente: str, corps: bytes) -> str:
    """Print of version 1: hexadecimal SHA-256 over the 32 bytes of the previous print, then the event's bytes."""
    return hashlib.sha256(bytes.fromhex(precedente) + corps).hexdigest()


def s_enchaine(tete: Tete, recu: Recu) -> bool:
    """Whether the event goes on from this head: version known, right predecessor, right print."""
    return (
        recu.version == VERSION
        and recu.precedente == tete.empreinte
        and recu.empreinte == empreinte(tete.empreinte, recu.corps)
    )
