"""The group: « c'est le groupe qui est habilité », never the user (webinar, « L'utilisateur »)."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from habilitation.domain.liens import Trait
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
    trait: Trait | None = None

    def couvre(self, organisme: str) -> bool:
        """Whether the portée holds this Caf."""
        return self.portee is Portee.NATIONALE or organisme in self.organismes


@dataclass(frozen=True, slots=True)
class Appartenance:
    """A user in a group; `echeance` is the last day on which it gives something."""

    identifiant: str
    trait: Trait
    echeance: date | None = None

    def en_cours(self, jour: date) -> bool:
        """Whether its planned end is not past."""
        return self.echeance is None or jour <= self.echeance


@dataclass(frozen=True, slots=True)
class Groupe:
    """A group of a partner as it stands, now or at an instant."""

    id: str
    partenaire: str
    nom: str
    habilitation: Habilitation
    responsable: str | None = None
    appartenances: tuple[Appartenance, ...] = ()
    trait: Trait | None = None

    def au(self, jour: date) -> "Groupe":
        """The same without the memberships whose end is past."""
        return replace(self, appartenances=tuple(lue for lue in self.appartenances if lue.en_cours(jour)))

    def appartenance(self, identifiant: str) -> Appartenance | None:
        """The open membership of this user."""
        return next((lue for lue in self.appartenances if lue.identifiant == identifiant), None)


@dataclass(frozen=True, slots=True)
class DemandeGroupe:
    """A group as the administrateur asks for it."""

    nom: str
    service: Service
    profil: str
    portee: Portee
    organismes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangementGroupe:
    """What the administrateur asks to change; None leaves it. The service of a group never changes."""

    nom: str | None = None
    profil: str | None = None
    portee: Portee | None = None
    organismes: tuple[str, ...] | None = None

    @property
    def touche_l_habilitation(self) -> bool:
        """Whether it is more than a name."""
        return (self.profil, self.portee, self.organismes) != (None, None, None)

    def sur(self, groupe: Groupe) -> DemandeGroupe:
        """The group as it would be asked for now. Another portée without organismes takes its defaults."""
        actuelle = groupe.habilitation
        portee = self.portee or actuelle.portee
        gardes = actuelle.organismes if portee is actuelle.portee else ()
        return DemandeGroupe(
            self.nom or groupe.nom,
            actuelle.service,
            self.profil or actuelle.profil,
            portee,
            gardes if self.organismes is None else self.organismes,
        )
