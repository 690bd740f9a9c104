"""The group: « c'est le groupe qui est habilité », never the user (webinar, « L'utilisateur »)."""

from dataclasses import dataclass
from enum import StrEnum

from habilitation.domain.services import Service


class Portee(StrEnum):
    """Which Caf a group covers; mono is the implicit one (webinar, « Rechercher un dossier »)."""

    MONO = "mono"
    MULTI = "multi"
    NATIONALE = "nationale"


@dataclass(frozen=True, slots=True)
class Habilitation:
    """What a group may do, by virtue of one bulletin. `organismes` is empty for portée nationale: all."""

    service: Service
    profil: str
    portee: Portee
    organismes: tuple[str, ...]
    bulletin: str


@dataclass(frozen=True, slots=True)
class Groupe:
    """A group of a partner as it stands now."""

    id: str
    partenaire: str
    nom: str
    habilitation: Habilitation
    responsable: str | None = None
    membres: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemandeGroupe:
    """A group as the administrateur asks for it."""

    nom: str
    service: Service
    profil: str
    portee: Portee
    organismes: tuple[str, ...] = ()
