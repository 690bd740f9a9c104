"""What the use cases are given: the stores of this service's database, and its one neighbour.

Invariant of the stores: a link is opened and closed, never rewritten; only open links are read.
"""

from datetime import datetime
from typing import Protocol

from habilitation.domain.documents import Document
from habilitation.domain.groupes import Groupe
from habilitation.domain.liens import Trait
from habilitation.domain.partenaires import Administrateur, Partenaire


class Version(Protocol):
    """The version of the rights: one number for the whole chain."""

    def lire(self) -> int:
        """The version as committed; in a reading of rights it is read first."""
        ...

    def avancer(self, instant: datetime) -> datetime:
        """Move on by one; the instant of the change, never before that of the change before it.

        Whoever changes rights does this first: it makes the others wait until the commit.
        """
        ...


class Partenaires(Protocol):
    """Partners, their documents and their administrateurs."""

    def lire(self, siret: str) -> Partenaire | None:
        """The partner as it stands; None if there is none."""
        ...

    def ouvrir(self, partenaire: Partenaire, trait: Trait) -> None:
        """Raises DejaExistant."""
        ...

    def ajouter_document(self, siret: str, document: Document, trait: Trait) -> None:
        """Raises DejaExistant where one of its kind (for a bulletin: of its service) is open."""
        ...

    def designer(self, siret: str, administrateur: Administrateur, trait: Trait) -> None:
        """Raises PlaceOccupee, or DejaExistant for someone who holds the other place."""
        ...


class Groupes(Protocol):
    """Groups, what they are habilitated to, and who is responsable of them."""

    def lire(self, id: str) -> Groupe | None:
        """The group as it stands; None if there is none."""
        ...

    def du_partenaire(self, siret: str) -> tuple[Groupe, ...]:
        """All groups of a partner."""
        ...

    def du_membre(self, siret: str, identifiant: str) -> tuple[Groupe, ...]:
        """The groups of a partner of which this user is a member."""
        ...

    def confies_a(self, siret: str, identifiant: str) -> tuple[str, ...]:
        """The ids of the groups of a partner of which this user is responsable."""
        ...

    def ouvrir(self, groupe: Groupe, trait: Trait) -> None:
        """Open a group and its habilitation."""
        ...

    def confier(self, groupe: str, identifiant: str, trait: Trait) -> None:
        """Name the responsable of a group. Raises PlaceOccupee."""
        ...


class Appartenances(Protocol):
    """Who is in which group, and the one CDAP profile of each user."""

    def ajouter(self, groupe: str, identifiant: str, profil_cdap: str | None, trait: Trait) -> None:
        """Raises DejaExistant for a member."""
        ...

    def retirer(self, groupe: str, identifiant: str, trait: Trait) -> None:
        """Raises RessourceInconnue for someone who is not a member."""
        ...

    def tenir_profil_cdap(self, identifiant: str, profil: str, trait: Trait) -> str:
        """The row of this user's CDAP profile, opened if there is none. Raises ProfilUnique if it is another."""
        ...

    def lacher_profil_cdap(self, identifiant: str, trait: Trait) -> None:
        """Close the row of this user's CDAP profile, unless a membership still rests on it."""
        ...


class Depots(Protocol):
    """All stores, in one transaction."""

    @property
    def version(self) -> Version: ...
    @property
    def partenaires(self) -> Partenaires: ...
    @property
    def groupes(self) -> Groupes: ...
    @property
    def appartenances(self) -> Appartenances: ...


class Comptes(Protocol):
    """The accounts, which identity owns."""

    def partenaire_de(self, identifiant: str, trace: str | None) -> str | None:
        """The SIRET of the partner of this account; None if there is no such account, or it is an agent's.

        Raises VoisinIndisponible.
        """
        ...
