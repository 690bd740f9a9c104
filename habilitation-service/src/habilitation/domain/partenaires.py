"""The partner, bound to the Caf by its convention, with its open documents and its administrateurs."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from habilitation.domain.documents import Document, Genre


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
    """A partner as it stands now: only links that are open."""

    siret: str
    raison_sociale: str
    caf_referente: str
    documents: tuple[Document, ...] = ()
    administrateurs: tuple[Administrateur, ...] = ()

    def a_signe(self, genre: Genre, jour: date) -> bool:
        """Whether a document of this genre is open, and was signed by that day."""
        return any(document.genre is genre and document.en_vigueur(jour) for document in self.documents)

    def document(self, id: str) -> Document | None:
        """The open document of that id."""
        return next((document for document in self.documents if document.id == id), None)

    def bulletin(self, service: str) -> Document | None:
        """The open bulletin d'adhésion to this service."""
        return next((lu for lu in self.documents if lu.adhesion and lu.adhesion.service == service), None)

    def est_administre_par(self, identifiant: str | None) -> bool:
        """Whether this account holds one of the two places."""
        return any(administrateur.identifiant == identifiant for administrateur in self.administrateurs)
