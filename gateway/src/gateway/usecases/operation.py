"""An operation behind the door, as its contract gives it."""

from dataclasses import dataclass

from gateway.domain.entetes import JSON, Passage
from socle.regles import Regle

CORPS_MAX = 1 << 20


@dataclass(frozen=True, slots=True)
class Operation:
    """`acte` is its operationId, `limite` the bytes of its body at most, `delai_s` the time for its answer,
    `types` the media types that its body may have."""

    service: str
    acte: str
    regle: Regle
    delai_s: float
    limite: int = CORPS_MAX
    types: frozenset[bytes] = frozenset({JSON})
    passage: Passage = Passage.ORDINAIRE

    @property
    def nom(self) -> str:
        """What metrics and logs call it."""
        return f"{self.service}.{self.acte}"
