"""An operation behind the door, as its contract gives it."""

from dataclasses import dataclass, field

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
    nom: str = field(init=False)
    """What metrics and logs call it."""
    publique: bool = field(init=False)
    """Whether no token is needed."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "nom", f"{self.service}.{self.acte}")
        object.__setattr__(self, "publique", self.regle.publique)
