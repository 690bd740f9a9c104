"""The three messages of a passage: what was asked, what is sent on, what is answered. All of them are bytes.

They are made at each request, and never changed. They are not `frozen`: that makes one three times as dear.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Entetes = list[tuple[bytes, bytes]]


class ClientParti(Exception):
    """The client hung up before its request was whole: there is nobody to answer."""


@dataclass(slots=True)
class Recue:
    """A request as it came in, its head judged to have one reading. `pair` is the address of the other side;
    `lus` has each header's last value; `corps(limite)` reads the body, and raises TropGrand, ClientParti."""

    methode: str
    chemin: bytes
    requete: bytes
    entetes: Entetes
    lus: dict[bytes, bytes]
    pair: str | None
    corps: Callable[[int], Awaitable[bytes]]


@dataclass(slots=True)
class Sortie:
    """An answer in bytes: its head without the empty line, its body, and whether it says that it is the last."""

    tete: bytes
    corps: bytes
    derniere: bool


@dataclass(slots=True)
class Demande:
    """A request as the client made it. `trace` and `pas` are its ids; `a_un_corps` whether it says that it has a body,
    which `corps(limite)` reads; that raises TropGrand."""

    methode: str
    chemin: bytes
    requete: bytes
    entetes: Entetes
    adresse: str | None
    trace: str
    pas: str
    a_un_corps: bool
    corps: Callable[[int], Awaitable[bytes]]


@dataclass(slots=True)
class Envoi:
    """A request as the service gets it. `delai_s` is the time that it has for its whole answer."""

    methode: str
    chemin: bytes
    requete: bytes
    entetes: Entetes
    corps: bytes
    delai_s: float


@dataclass(slots=True)
class Reponse:
    """An answer, whole. Names of headers are in lower case."""

    statut: int
    entetes: Entetes
    corps: bytes
