"""The documents of conventionnement, complete and signed (webinar, « Conventionnement pour l'accès au Portail »)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from habilitation.domain.refus import RequeteInvalide
from habilitation.domain.services import ROLES, Service


class Genre(StrEnum):
    """1 convention, 1 contrat, 1 bulletin per service, 1 éligibilité for partners of several départements."""

    CONVENTION = "convention"
    CONTRAT = "contrat"
    BULLETIN = "bulletin"
    ELIGIBILITE = "eligibilite"


class Fondement(StrEnum):
    """On what the access rests (webinar, « Plan de contrôle »: finalité, fondement, destinataire)."""

    TEXTE_REGLEMENTAIRE = "texte-reglementaire"
    MISSION_INTERET_PUBLIC = "mission-interet-public"
    CONSENTEMENT = "consentement"


@dataclass(frozen=True, slots=True)
class Adhesion:
    """What a bulletin d'adhésion grants: these profiles of this service, for this purpose."""

    service: Service
    profils: tuple[str, ...]
    finalite: str
    fondement: Fondement
    destinataire: str


@dataclass(frozen=True, slots=True)
class Document:
    """An open document; only a bulletin d'adhésion has an `adhesion`."""

    id: str
    genre: Genre
    signe_le: date
    adhesion: Adhesion | None = None

    def en_vigueur(self, jour: date) -> bool:
        """Whether it was signed on that day or before."""
        return self.signe_le <= jour


@dataclass(frozen=True, slots=True)
class DemandeDocument:
    """A document as the référent files it; the last five belong to the bulletin d'adhésion."""

    genre: Genre
    signe_le: date
    service: Service | None = None
    profils: tuple[str, ...] = ()
    finalite: str | None = None
    fondement: Fondement | None = None
    destinataire: str | None = None

    def en_document(self, id: str) -> Document:
        """The document; what belongs to another genre is ignored. Raises RequeteInvalide for an incomplete bulletin."""
        adhesion = self._adhesion() if self.genre is Genre.BULLETIN else None
        return Document(id, self.genre, self.signe_le, adhesion)

    def _adhesion(self) -> Adhesion:
        if not (self.service and self.profils and self.finalite and self.fondement and self.destinataire):
            raise RequeteInvalide("bulletin_incomplet")
        if not ROLES[self.service].issuperset(self.profils):
            raise RequeteInvalide("profil_inconnu")
        return Adhesion(self.service, self.profils, self.finalite, self.fondement, self.destinataire)
