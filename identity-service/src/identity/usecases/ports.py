"""What the use cases are given: stores bound to a transaction, and tools that are slow or far away."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from identity.domain.clients import Client
from identity.domain.codes import Code
from identity.domain.comptes import Appartenance, Compte, Personne, Role
from identity.domain.courriels import Courriel
from identity.domain.droits import Droits
from identity.domain.freins import Bareme, Compteur
from identity.domain.identifiants import Prefixe
from identity.domain.mots_de_passe import MotDePasse, Secours
from identity.domain.preuve import Titulaire
from identity.domain.second_facteur import CodePresente
from identity.domain.sessions import JetonPresente, MotifFin, SessionDuNavigateur, SessionOuverte


class Comptes(Protocol):
    """Accounts, their roles and their password in force."""

    def lire(self, identifiant: str) -> Compte | None:
        """The account, with the roles in force."""

    def titulaire(self, identifiant: str) -> Titulaire | None:
        """The account with all that proves it, in one query."""

    def par_courriel(self, courriel: str) -> list[str]:
        """The identifiants of the open accounts with that address."""

    def fermer(self, identifiant: str, par: str, instant: datetime) -> bool:
        """Close the account for good; false if it is closed already."""

    def creer(self, prefixe: Prefixe, personne: Personne, ou: Appartenance, par: str, instant: datetime) -> str:
        """Make the account under an identifiant that nobody ever had; the identifiant."""

    def poser_mot_de_passe(self, identifiant: str, mot: MotDePasse, instant: datetime) -> None:
        """Give a new account its first password."""

    def remplacer_mot_de_passe(self, identifiant: str, ancien: MotDePasse, mot: MotDePasse, instant: datetime) -> bool:
        """Replace the password; false, and nothing is done, if `ancien` is no longer the one in force.

        A password for who has forgotten hers goes with it.
        """

    def imposer_mot_de_passe(self, identifiant: str, mot: MotDePasse, instant: datetime) -> None:
        """Replace the password, whatever it is, and any for who has forgotten hers."""

    def poser_secours(self, identifiant: str, secours: Secours, instant: datetime, intervalle: timedelta) -> bool:
        """Give the account a password beside its own; false, and nothing is done, if it got one that recently."""

    def a_ce_secours(self, identifiant: str, empreinte: str) -> bool:
        """Whether it still has that password beside its own; nobody else uses it before the end of the transaction."""

    def est_en_vigueur(self, identifiant: str, mot: MotDePasse) -> bool:
        """Whether it still is the password in force of an open account; it stays so until the transaction ends."""

    def donner_roles(self, identifiant: str, roles: Iterable[Role], par: str, motif: str, instant: datetime) -> None:
        """Open these roles for an agent."""

    def a_un_referent(self, caf: str) -> bool:
        """Whether an agent of this Caf holds the role of référent."""


class Sessions(Protocol):
    """Sessions and their refresh tokens, which are known by their print."""

    def ouvrir(self, sid: str, identifiant: str, adresse: str | None, instant: datetime, expire_a: datetime) -> None:
        """Open a session that ends at `expire_a` however often it is refreshed."""

    def emettre(
        self, sid: str, empreinte: str, instant: datetime, expire_a: datetime, client: str | None = None
    ) -> None:
        """Store a refresh token of the session, which is seen now, and ends with it unless it is used.

        `client` is the front end that got it, None the portal.
        """

    def confier_au_navigateur(self, sid: str, empreinte: str, fin_a: datetime) -> None:
        """A browser carries the session under a cookie of that print; unless it is used it ends then."""

    def du_navigateur(self, empreinte: str, instant: datetime) -> SessionDuNavigateur | None:
        """The session under way that a browser carries under that print."""

    def en_cours(self, sid: str, instant: datetime) -> SessionDuNavigateur | None:
        """The session of that name, if it is under way."""

    def presente(self, empreinte: str) -> JetonPresente | None:
        """The refresh token of that print."""

    def verrouiller(self, sid: str) -> None:
        """Let no other transaction touch this session before the end of this one."""

    def consommer(self, jeton: JetonPresente, successeur: str, instant: datetime) -> None:
        """Mark the token as consumed by its successor; an earlier, unused successor is spent as well."""

    def fermer(self, identifiant: str, sid: str | None, motif: MotifFin, instant: datetime) -> list[str]:
        """End that session of an account, or with None all of them; the names of those that were open."""

    def ouvertes(self, identifiant: str, instant: datetime) -> list[SessionOuverte]:
        """The sessions under way of an account, the newest first."""

    def dernieres(self, identifiant: str, nombre: int) -> list[SessionOuverte]:
        """The last sessions of an account, the newest first, open or not."""


class Codes(Protocol):
    """Authorization codes, known by their print."""

    def garder(self, code: Code, instant: datetime) -> None:
        """Store a new one."""

    def lire(self, empreinte: str) -> Code | None:
        """The code of that print, consumed or not."""

    def consommer(self, empreinte: str, instant: datetime, donne: bool) -> None:
        """Use it up; whether that gave tokens."""


class ClientsOidc(Protocol):
    """The front ends of others."""

    def lire(self, id: str) -> Client | None:
        """The client of that id, unless it was removed."""

    def lister(self) -> list[Client]:
        """All that are registered, by name."""

    def inscrire(self, client: Client, instant: datetime) -> None:
        """Register a new one."""

    def retirer(self, id: str, instant: datetime) -> bool:
        """Remove it for good; false if there is none."""


class Adresses(Protocol):
    """From where each account was opened."""

    def connait(self, identifiant: str, adresse: str, depuis: datetime) -> bool:
        """Whether that account was opened from there since then."""

    def retenir(self, identifiant: str, adresse: str, instant: datetime) -> None:
        """It was opened from there now."""


class Freins(Protocol):
    """Counts of failures, under keyed prints."""

    def lire(self, cles: Collection[str], verrou: bool = False) -> dict[str, Compteur]:
        """The counts of these keys; with `verrou` they stay as they are until the end of the transaction."""

    def compter(self, cles: Mapping[str, Bareme], instant: datetime) -> None:
        """One more failure under each key."""

    def oublier(self, cle: str) -> None:
        """Begin again at zero."""


class Revocations(Protocol):
    """The feed of ended sessions."""

    def inscrire(self, sids: Collection[str]) -> None:
        """Say that no token of these sessions is worth anything; nothing is said of none."""


class Captchas(Protocol):
    """Captchas that were answered."""

    def utiliser(self, numero: str, expire_a: datetime) -> bool:
        """Note that this captcha was answered; false if it was already."""


class SecondsFacteurs(Protocol):
    """Second factors, their recovery codes, and who requires them."""

    def proposer(self, identifiant: str, en_attente: str) -> None:
        """Keep a secret that waits for its first code; one in force stays."""

    def activer(self, identifiant: str, en_attente: str, pas: int, empreintes: Collection[str]) -> bool:
        """Put the waiting secret in force, with its recovery codes; false if it waits no longer."""

    def retirer(self, identifiant: str) -> None:
        """There is no second factor any more."""

    def est_de_recuperation(self, identifiant: str, empreinte: str) -> bool:
        """Whether that is an unused recovery code."""

    def consommer(self, identifiant: str, code: CodePresente) -> bool:
        """Use a code up; false if it was used before."""

    def est_exige(self, cibles: Collection[str]) -> bool:
        """Whether it is required under one of these names."""

    def exiger(self, cible: str, requis: bool, par: str, instant: datetime) -> None:
        """Require it under that name, or no longer."""


class Oublis(Protocol):
    """The queue of those who said that they have forgotten their password."""

    def enfiler(self, identifiants: Sequence[str], instant: datetime) -> None:
        """Have them helped after the commit; where there is nobody, a place is taken all the same."""

    def en_attente(self) -> list[tuple[str, str]]:
        """The entries that wait and the accounts that they name, the oldest first."""

    def prendre(self, id: str) -> bool:
        """Take an entry out; false if somebody else did."""


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
    def codes(self) -> Codes: ...
    @property
    def clients(self) -> ClientsOidc: ...
    @property
    def courriels(self) -> Courriels: ...
    @property
    def adresses(self) -> Adresses: ...
    @property
    def freins(self) -> Freins: ...
    @property
    def revocations(self) -> Revocations: ...
    @property
    def captchas(self) -> Captchas: ...
    @property
    def oublis(self) -> Oublis: ...
    @property
    def seconds_facteurs(self) -> SecondsFacteurs: ...


class Coffre(Protocol):
    """Slow hashing of passwords."""

    def hacher(self, mot_de_passe: str) -> str:
        """The hash to be stored."""

    def verifier(self, hash: str | None, mot_de_passe: str) -> bool:
        """Whether the password is right; without a hash it takes the same time and is wrong."""


class Cachet(Protocol):
    """Keyed prints."""

    def empreinte(self, genre: str, *textes: str) -> str:
        """The print of these texts, in hexadecimal; another `genre` gives other prints."""


class Totp(Protocol):
    """Time-based codes and their sealed secrets."""

    def nouveau(self, identifiant: str) -> tuple[str, str, str]:
        """A secret in clear, the URI that telephones read, and the secret sealed for that account."""

    def pas(self, identifiant: str, scelle: str, code: str, instant: datetime) -> int | None:
        """The step of time whose code this is; None if it is none of now."""


class Dessinateur(Protocol):
    """Shows drawn characters to people, and not to machines."""

    def image(self, texte: str) -> bytes:
        """A PNG of them."""

    def son(self, texte: str) -> bytes | None:
        """A WAV of a text in French; None where nobody can speak here."""


class Signataire(Protocol):
    """Signs claims with the key of identity."""

    def signer(self, claims: dict[str, Any]) -> str:
        """The access token."""

    def signer_identite(self, claims: dict[str, Any]) -> str:
        """The ID token: of another type, so that it is never taken for an access token."""

    def relire_identite(self, jeton: str, issuer: str) -> dict[str, str] | None:
        """`sub`, `sid` and `aud` of an ID token that we signed, however old; None for anything else."""


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
    cachet: Cachet
    dessinateur: Dessinateur
    totp: Totp
    signataire: Signataire
    habilitation: Habilitation
    issuer: str
    duree_session: timedelta
    duree_session_max: timedelta
