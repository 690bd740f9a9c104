"""The route table: from method and raw path to what is served there.

Invariant: at most one thing answers a method at a path; a literal path is preferred to a template (OpenAPI
3.0.3, « Path Templating Matching »), and a path that is reserved answers nothing, whatever template covers it.
"""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from gateway.domain.refus import MethodeInconnue
from socle.refus import RessourceInconnue

T = TypeVar("T")


class RoutesEnConflit(ValueError):
    """Two things claim the same method at the same path: the gateway does not start."""


class GabaritInvalide(ValueError):
    """A path template that we do not read: the gateway does not start."""


@dataclass(slots=True)
class _Noeud(Generic[T]):
    """One segment of the templates. `verbes` is None where no path ends."""

    verbes: dict[str, T] | None = None
    litteraux: "dict[bytes, _Noeud[T]]" = field(default_factory=dict)
    parametre: "_Noeud[T] | None" = None


class Table(Generic[T]):
    """Literal paths by one look-up, templates segment by segment."""

    def __init__(self) -> None:
        self._exacts: dict[bytes, dict[str, T]] = {}
        self._racine: _Noeud[T] = _Noeud()

    def ajouter(self, methode: str, gabarit: str, servi: T) -> None:
        """Serve this there. Raises RoutesEnConflit or GabaritInvalide."""
        verbes = self._verbes(gabarit)
        if methode in verbes:
            raise RoutesEnConflit(f"{methode} {gabarit} is served twice")
        verbes[methode] = servi

    def reserver(self, gabarit: str) -> None:
        """Keep this path from being taken for a value of a template's parameter. Raises GabaritInvalide."""
        self._verbes(gabarit)

    def trouver(self, methode: str, chemin: bytes) -> T:
        """What is served there. Raises RessourceInconnue or MethodeInconnue."""
        verbes = self._exacts.get(chemin)
        if verbes is None:
            segments = chemin.split(b"/")
            noeud = _tout_droit(self._racine, segments)
            verbes = _descendre(self._racine, segments, 1) if noeud is None else noeud.verbes
        if not verbes:
            raise RessourceInconnue()
        servi = verbes.get(methode)
        if servi is None:
            raise MethodeInconnue(tuple(sorted(verbes)))
        return servi

    def _verbes(self, gabarit: str) -> dict[str, T]:
        segments = gabarit.encode("ascii").split(b"/")
        if segments[0] != b"" or any(not _entier(segment) for segment in segments[1:]):
            raise GabaritInvalide(gabarit)
        if b"{" not in gabarit.encode("ascii"):
            return self._exacts.setdefault(gabarit.encode("ascii"), {})
        noeud = self._racine
        for segment in segments[1:]:
            if segment.startswith(b"{"):
                noeud.parametre = noeud.parametre or _Noeud()
                noeud = noeud.parametre
            else:
                noeud = noeud.litteraux.setdefault(segment, _Noeud())
        if noeud.verbes is None:
            noeud.verbes = {}
        return noeud.verbes


def _entier(segment: bytes) -> bool:
    """A segment is a literal, or a parameter and nothing else."""
    interieur = segment[1:-1] if segment.startswith(b"{") and segment.endswith(b"}") else segment
    return bool(interieur) and b"{" not in interieur and b"}" not in interieur


def _tout_droit(noeud: _Noeud[T], segments: list[bytes]) -> _Noeud[T] | None:
    """The way that takes the literal wherever there is one; None where it ends too soon, and others must be tried."""
    for segment in segments[1:]:
        suivant = noeud.litteraux.get(segment) or noeud.parametre
        if suivant is None:
            return None
        noeud = suivant
    return noeud if noeud.verbes is not None else None


def _descendre(noeud: _Noeud[T], segments: list[bytes], rang: int) -> dict[str, T] | None:
    if rang == len(segments):
        return noeud.verbes
    suivant = noeud.litteraux.get(segments[rang])
    if suivant is not None:
        trouve = _descendre(suivant, segments, rang + 1)
        if trouve is not None:
            return trouve
    return None if noeud.parametre is None else _descendre(noeud.parametre, segments, rang + 1)
