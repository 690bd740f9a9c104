"""What the use cases are given: the stores of this service's database, and its one neighbour.

Invariant of the stores: a link is opened and closed, never rewritten. What is read is open now; with an instant `a`,
what was open then.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from habilitation.domain.documents import Demarche, Document, Etape
from habilitation.domain.envois import Fait
from habilitation.domain.groupes import Groupe, Habilitation
from habilitation.domain.liens import Trait
from habilitation.domain.partenaires import Administrateur, Partenaire, Place
from habilitation.domain.suspensions import Suspension


class Version(Protocol):
    """The version of the rights: one number for the whole chain."""

    def lire(self) -> int:
        """The version as committed; in a reading of rights it is read first."""
        ...

    def prendre(self) -> None:
        """Make the other changes wait until the commit, without moving on."""
        ...

    def avancer(self, instant: datetime) -> tuple[int, datetime]:
        """Move on by one; the version, and the instant of the change: always later than that of the one before it.

        Whoever changes rights does this first: it makes the others wait until the commit.
        """
        ...


class Partenaires(Protocol):
    """Partners and their administrateurs."""

    def lire(self, siret: str, a: datetime | None = None) -> Partenaire | None:
        """The partner as it stands; None if there is none."""
        ...

    def ouvrir(self, partenaire: Partenaire, trait: Trait) -> None:
        """Raises DejaExistant."""
        ...

    def designer(self, siret: str, administrateur: Administrateur, trait: Trait) -> None:
        """Raises PlaceOccupee, or DejaExistant for someone who holds the other place."""
        ...

    def liberer(self, siret: str, place: Place, trait: Trait) -> None:
        """Close the place of whoever holds it."""
        ...

    def connait(self, siret: str, identifiant: str) -> bool:
        """Whether this account ever had a place, a group or a delegation in this partner."""
        ...

    def ayant_habilite(
        self, service: str, profils: Iterable[str], caf: str | None, apres: str, limite: int
    ) -> tuple[str, ...]:
        """The SIRETs after `apres` of partners, of this Caf if one is given, that ever had a group so habilitated."""
        ...

    def instants(self, siret: str, debut: datetime, fin: datetime) -> tuple[datetime, ...]:
        """When the rights within this partner changed, from `debut` on and before `fin`."""
        ...


class Documents(Protocol):
    """The documents of partners."""

    def signer(self, siret: str, document: Document, trait: Trait) -> None:
        """Raises DejaExistant where one of its kind (for a bulletin: of its service) is signed and open."""
        ...

    def noter(self, siret: str, demarche: Demarche, trait: Trait) -> None:
        """Open a step of a document on its way. Raises DejaExistant where one of its kind is on its way."""
        ...

    def quitter(self, document: str, trait: Trait) -> None:
        """Close the step at which this document is."""
        ...

    def clore(self, document: str, trait: Trait) -> None:
        """End a signed document."""
        ...

    def etapes(self, siret: str) -> tuple[Etape, ...]:
        """Every step that the partner's documents ever took."""
        ...


class Groupes(Protocol):
    """Groups, what they are habilitated to, and who is responsable of them."""

    def lire(self, id: str, a: datetime | None = None) -> Groupe | None:
        """The group as it stands; None if there is none."""
        ...

    def du_partenaire(self, siret: str, a: datetime | None = None) -> tuple[Groupe, ...]:
        """All groups of a partner."""
        ...

    def de_la_personne(self, siret: str, identifiant: str) -> tuple[Groupe, ...]:
        """The groups of a partner of which this user is a member or the responsable."""
        ...

    def ouvrir(self, groupe: Groupe, trait: Trait) -> None:
        """Open a group and its habilitation."""
        ...

    def rehabiliter(self, groupe: str, habilitation: Habilitation, trait: Trait) -> None:
        """Close the habilitation of a group and open this one."""
        ...

    def renommer(self, groupe: str, nom: str, trait: Trait) -> None:
        """Give a group another name."""
        ...

    def fermer(self, groupe: str, trait: Trait) -> None:
        """Close a group with all that is its own; its memberships are closed before."""
        ...

    def confier(self, groupe: str, identifiant: str, trait: Trait) -> None:
        """Name the responsable of a group. Raises PlaceOccupee."""
        ...

    def reprendre(self, groupe: str, trait: Trait) -> None:
        """Take the delegation back."""
        ...


class Appartenances(Protocol):
    """Who is in which group, and the one CDAP profile of each user."""

    def ajouter(
        self, groupe: str, identifiant: str, profil_cdap: str | None, trait: Trait, echeance: date | None = None
    ) -> None:
        """Raises DejaExistant for a member."""
        ...

    def retirer(self, groupe: str, identifiant: str, trait: Trait) -> None:
        """Raises RessourceInconnue for someone who is not a member."""
        ...

    def clore_echues(self, identifiant: str, jour: date, trait: Trait) -> None:
        """Close the memberships of this user whose planned end is past, and the CDAP profile that they held."""
        ...

    def vider(self, groupe: str, trait: Trait) -> None:
        """Close all memberships of a group."""
        ...

    def tenir_profil_cdap(self, identifiant: str, profil: str, trait: Trait) -> str:
        """The row of this user's CDAP profile, opened if there is none. Raises ProfilUnique if it is another."""
        ...

    def lacher_profils_cdap(self, identifiants: Iterable[str], trait: Trait) -> None:
        """Close the rows of these users' CDAP profiles, but for those on which a membership still rests."""
        ...


class Suspensions(Protocol):
    """What the Caf suspended."""

    def prononcer(self, siret: str, suspension: Suspension) -> None:
        """Raises DejaExistant where this target is suspended."""
        ...

    def lever(self, id: str, trait: Trait) -> None:
        """Lift a suspension."""
        ...

    def histoire(self, siret: str) -> tuple[Suspension, ...]:
        """All suspensions of a partner, those that were lifted included, oldest first."""
        ...


class Revocations(Protocol):
    """The feed that the gateway follows: a token of one of these, with rights older than `version`, is cut."""

    def dire(
        self,
        version: int,
        *,
        identifiants: Iterable[str] = (),
        groupes: Iterable[str] = (),
        partenaires: Iterable[str] = (),
    ) -> None:
        """Write it, in the transaction of the act."""
        ...


class Envois(Protocol):
    """What was done under which idempotency key."""

    def fait(self, sujet: str, cle: str) -> Fait | None:
        """What this person did under this key; None if nothing."""
        ...

    def retenir(self, sujet: str, cle: str, fait: Fait) -> None:
        """Keep it. Raises DejaExistant where the key was used at the same time."""
        ...


class Depots(Protocol):
    """All stores, in one transaction."""

    @property
    def version(self) -> Version: ...
    @property
    def partenaires(self) -> Partenaires: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def groupes(self) -> Groupes: ...
    @property
    def appartenances(self) -> Appartenances: ...
    @property
    def suspensions(self) -> Suspensions: ...
    @property
    def revocations(self) -> Revocations: ...
    @property
    def envois(self) -> Envois: ...


class Comptes(Protocol):
    """The accounts, which identity owns."""

    def partenaire_de(self, identifiant: str, trace: str | None) -> str | None:
        """The SIRET of the partner of this account; None if there is no such account, or it is an agent's.

        Raises VoisinIndisponible.
        """
        ...
