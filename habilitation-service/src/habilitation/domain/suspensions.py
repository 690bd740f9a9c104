"""Suspension à titre conservatoire by the Caf (webinar, « Plan de contrôle »): what is suspended gives nothing."""

from dataclasses import dataclass
from enum import StrEnum

from habilitation.domain.liens import Trait


class Cible(StrEnum):
    """What of a partner is suspended: one of its services, one of its groups, one of its users."""

    SERVICE = "service"
    GROUPE = "groupe"
    UTILISATEUR = "utilisateur"


@dataclass(frozen=True, slots=True)
class Suspension:
    """A suspension; `levee` once it is lifted."""

    id: str
    cible: Cible
    reference: str
    prononcee: Trait
    levee: Trait | None = None
