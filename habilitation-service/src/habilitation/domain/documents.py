"""The documents of conventionnement (webinar, « Conventionnement pour l'accès au Portail »): only signed ones count."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from habilitation.domain.liens import Trait
from habilitation.domain.refus import EtapeImpossible, RequeteInvalide
from habilitation.domain.services import ROLES, Service

OBLIGATOIRE = "Ce champ est obligatoire."


class Genre(StrEnum):
    """1 convention, 1 contrat, 1 bulletin per service, 1 éligibilité for partners of several départements."""

    CONVENTION = "convention"
    CONTRAT = "contrat"
    BULLETIN = "bulletin"
    ELIGIBILITE = "eligibilite"


class Etat(StrEnum):
    """How far a document is, in this order; only a signed one gives something."""

    ENVOYE = "envoye"
    RECU = "recu"
    COMPLET = "complet"
    SIGNE = "signe"


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
    """A signed, open document; only a bulletin d'adhésion has an `adhesion`."""

    id: str
    genre: Genre
    signe_le: date
    adhesion: Adhesion | None = None
    trait: Trait | None = None

    def en_vigueur(self, jour: date) -> bool:
        """Whether it was signed on that day or before."""
        return self.signe_le <= jour


@dataclass(frozen=True, slots=True)
class Demarche:
    """A document that is not signed yet: the step at which it is, and the day of that step."""

    document: str
    genre: Genre
    etat: Etat
    le: date
    adhesion: Adhesion | None = None
    trait: Trait | None = None

    def exiger_suite(self, etat: Etat, le: date) -> None:
        """One step at a time, and not before the last one. Raises EtapeImpossible, RequeteInvalide."""
        etats = list(Etat)
        if etats.index(etat) != etats.index(self.etat) + 1:
            raise EtapeImpossible()
        if le < self.le:
            raise RequeteInvalide("etape_avant_la_precedente", erreurs=(("le", "La date précède l’étape d’avant."),))


@dataclass(frozen=True, slots=True)
class Etape:
    """One step that a document took: which, of which day, and who noted it."""

    document: str
    etat: Etat
    le: date
    trait: Trait


@dataclass(frozen=True, slots=True)
class DemandeDocument:
    """A document as the référent files it; the last five belong to the bulletin d'adhésion."""

    genre: Genre
    le: date
    service: Service | None = None
    profils: tuple[str, ...] = ()
    finalite: str | None = None
    fondement: Fondement | None = None
    destinataire: str | None = None
    etat: Etat = Etat.SIGNE

    def adhesion(self) -> Adhesion | None:
        """What a bulletin grants; ignored for another genre. Raises RequeteInvalide, naming what is missing."""
        if self.genre is not Genre.BULLETIN:
            return None
        champs = ("service", "profils", "finalite", "fondement", "destinataire")
        absents = tuple((champ, OBLIGATOIRE) for champ in champs if not getattr(self, champ))
        if not (self.service and self.profils and self.finalite and self.fondement and self.destinataire):
            raise RequeteInvalide("bulletin_incomplet", erreurs=absents)
        if not ROLES[self.service].issuperset(self.profils):
            raise RequeteInvalide("profil_inconnu", erreurs=(("profils", "Ce service n’a pas ce profil."),))
        return Adhesion(self.service, self.profils, self.finalite, self.fondement, self.destinataire)
