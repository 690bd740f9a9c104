"""The partner, bound to the Caf by its convention, with its documents, administrateurs and suspensions."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from habilitation.domain.documents import Demarche, Document, Genre
from habilitation.domain.liens import Trait
from habilitation.domain.suspensions import Cible, Suspension


class Place(StrEnum):
    """« Deux utilisateurs maximum » (webinar, « L'administrateur partenaire »)."""

    PRINCIPAL = "principal"
    SUPPLEANT = "suppleant"


@dataclass(frozen=True, slots=True)
class Administrateur:
    """Who holds one of the two places."""

    identifiant: str
    place: Place


@dataclass(frozen=True, slots=True)
class Partenaire:
    """A partner as it stands, now or at an instant: only links that are open then."""

    siret: str
    raison_sociale: str
    caf_referente: str
    documents: tuple[Document, ...] = ()
    administrateurs: tuple[Administrateur, ...] = ()
    demarches: tuple[Demarche, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    trait: Trait | None = None

    def signe(self, genre: Genre, jour: date) -> Document | None:
        """The document of this genre that is open, and was signed by that day."""
        return next((lu for lu in self.documents if lu.genre is genre and lu.en_vigueur(jour)), None)

    def document(self, id: str) -> Document | None:
        """The open document of that id."""
        return next((document for document in self.documents if document.id == id), None)

    def demarche(self, document: str) -> Demarche | None:
        """The document of that id that is not signed yet."""
        return next((demarche for demarche in self.demarches if demarche.document == document), None)

    def bulletin(self, service: str) -> Document | None:
        """The open bulletin d'adhésion to this service."""
        return next((lu for lu in self.documents if lu.adhesion and lu.adhesion.service == service), None)

    def administrateur(self, place: Place) -> Administrateur | None:
        """Who holds this place."""
        return next((tenu for tenu in self.administrateurs if tenu.place is place), None)

    def suspension(self, cible: Cible, reference: str | None) -> Suspension | None:
        """The suspension of this service, group or user that is not lifted."""
        return next((lue for lue in self.suspensions if (lue.cible, lue.reference) == (cible, reference)), None)

    def est_administre_par(self, identifiant: str | None) -> bool:
        """Whether this account holds one of the two places."""
        return any(administrateur.identifiant == identifiant for administrateur in self.administrateurs)
