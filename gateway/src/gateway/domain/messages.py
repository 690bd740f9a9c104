"""The three messages of a passage: what was asked, what is sent on, what is answered. All of them are bytes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Entetes = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Demande:
    """A request as the client made it. `corps(limite)` reads its body, and raises TropGrand."""

    methode: str
    chemin: bytes
    requete: bytes
    entetes: Entetes
    adresse: str | None
    trace: str
    corps: Callable[[int], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Envoi:
    """A request as the service gets it. `delai_s` is the time that it has for its whole answer."""

    methode: str
    chemin: bytes
    requete: bytes
    entetes: Entetes
    corps: bytes
    delai_s: float


@dataclass(frozen=True, slots=True)
class Reponse:
    """An answer, whole. Names of headers are in lower case."""

    statut: int
    entetes: Entetes
    corps: bytes
