"""What the use cases are given: stores bound to a transaction, and tools that are slow or far away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from identity.domain.comptes import Appartenance, Compte, Personne, Role
from identity.domain.courriels import Courriel
from identity.domain.droits import Droits
from identity.domain.identifiants import Prefixe
from identity.domain.mots_de_passe import MotDePasse
from identity.domain.sessions import JetonPresente, MotifFin


class Comptes(Protocol):
    """Accounts, their roles and their password in force."""

    def lire(self, identifiant: str) -> Compte | None:
        """The account, with the roles in force."""

    def avec_mot_de_passe(self, identifiant: str) -> tuple[Compte, MotDePasse] | None:
        """The account and its password in force."""

    def creer(self, prefixe: Prefixe, personne: Personne, ou: Appartenance, par: str, instant: datetime) -> str:
        """Make the account under an identifiant that nobody ever had; the identifiant."""

    def poser_mot_de_passe(self, identifiant: str, mot: MotDePasse, instant: datetime) -> None:
        """Give a new account its first password."""

    def remplacer_mot_de_passe(self, identifiant: str, ancien: MotDePasse, mot: MotDePasse, instant: datetime) -> bool:
        """Replace the password; false, and nothing is done, if `ancien` is no longer the one in force."""

    def est_en_vigueur(self, identifiant: str, mot: MotDePasse) -> bool:
        """Whether it still is the password in force; it stays so until the end of the transaction."""

    def donner_roles(self, identifiant: str, roles: Iterable[Role], par: str, motif: str, instant: datetime) -> None:
        """Open these roles for an agent."""

    def a_un_referent(self, caf: str) -> bool:
        """Whether an agent of this Caf holds the role of référent."""


class Sessions(Protocol):
    """Sessions and their refresh tokens, which are known by their print."""

    def ouvrir(self, sid: str, identifiant: str, instant: datetime) -> None:
        """Open a session."""

    def emettre(self, sid: str, empreinte: str, instant: datetime, expire_a: datetime) -> None:
        """Store a refresh token of the session."""

    def presente(self, empreinte: str) -> JetonPresente | None:
        """The refresh token of that print."""

    def verrouiller(self, sid: str) -> None:
        """Let no other transaction touch this session before the end of this one."""

    def consommer(self, jeton: JetonPresente, successeur: str, instant: datetime) -> None:
        """Mark the token as consumed by its successor; an earlier, unused successor is spent as well."""

    def fermer(self, sid: str, motif: MotifFin, instant: datetime) -> None:
        """End a session; one that is over stays as it ended."""

    def fermer_toutes(self, identifiant: str, motif: MotifFin, instant: datetime) -> None:
        """End every open session of an account."""


class Courriels(Protocol):
    """The queue of mails."""

    def enfiler(self, courriel: Courriel, instant: datetime) -> None:
        """Have this mail sent after the commit."""


class Depots(Protocol):
    """The stores of identity, in one transaction."""

    @property
    def comptes(self) -> Comptes: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def courriels(self) -> Courriels: ...


class Coffre(Protocol):
    """Slow hashing of passwords."""

    def hacher(self, mot_de_passe: str) -> str:
        """The hash to be stored."""

    def verifier(self, hash: str | None, mot_de_passe: str) -> bool:
        """Whether the password is right; without a hash it takes the same time and is wrong."""


class Signataire(Protocol):
    """Signs claims with the key of identity."""

    def signer(self, claims: dict[str, Any]) -> str:
        """The token."""


class Habilitation(Protocol):
    """The neighbour that owns the chain of rights. Every call may raise VoisinIndisponible."""

    def droits_en_vigueur(self, identifiant: str, partenaire: str, trace: str | None) -> Droits:
        """The rights in force of a partner's user."""

    def caf_referente(self, partenaire: str, trace: str | None) -> str | None:
        """The Caf référente of a partner; None if there is no such partner."""


@dataclass(frozen=True)
class Outils:
    """The tools of the use cases."""

    coffre: Coffre
    signataire: Signataire
    habilitation: Habilitation
    issuer: str
    duree_session: int
