"""What the use cases are given: the stores of one act, bound to its transaction, and tools that have none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cdap.domain.attestation import Attestation
from cdap.domain.cafs import Caf
from cdap.domain.consultations import Consultation
from cdap.domain.dialogue import Message
from cdap.domain.dossiers import Cle, Dossier
from cdap.domain.envois import Envoi


class Dossiers(Protocol):
    """The dossiers, read only."""

    def lire(self, cle: Cle) -> Dossier | None:
        """The dossier of that key, or None."""
        ...


class Consultations(Protocol):
    """The consultations under way."""

    def inscrire(self, consultation: Consultation) -> None:
        """Keep a new consultation."""
        ...

    def lire(self, id: str) -> Consultation | None:
        """The consultation of that id, whoever's it is, or None."""
        ...


class Echecs(Protocol):
    """The failed openings of the last minutes, by user."""

    def de(self, sujet: str, depuis: datetime) -> Sequence[datetime]:
        """When they were, oldest first."""
        ...

    def inscrire(self, sujet: str, a: datetime) -> None:
        """One more."""
        ...

    def retirer(self, sujet: str, a: datetime) -> None:
        """It was none after all."""
        ...


class Attestations(Protocol):
    """The attestations that are to go by post."""

    def confier(self, envoi: Envoi, pdf: bytes) -> Envoi:
        """Have this one handed over after the commit; or give the one that this consultation has already."""
        ...

    def lire(self, id: str) -> Envoi | None:
        """The one of that id, whoever's it is, or None."""
        ...

    def de_la_consultation(self, consultation: str) -> Envoi | None:
        """The one that was asked for in this consultation, or None."""
        ...


class Messages(Protocol):
    """The messages to the Caf."""

    def retrouver(self, consultation: str, empreinte: str) -> Message | None:
        """The one of that print in this consultation, or None."""
        ...

    def de(self, sujet: str, depuis: datetime) -> Sequence[datetime]:
        """When this user wrote her last ones, oldest first."""
        ...

    def garder(self, message: Message) -> None:
        """Keep it, and have it mailed after the commit."""
        ...

    def lire(self, id: str) -> Message | None:
        """The one of that id, whoever's it is, or None."""
        ...


class Depots(Protocol):
    """The stores of CDAP."""

    @property
    def dossiers(self) -> Dossiers: ...

    @property
    def consultations(self) -> Consultations: ...

    @property
    def echecs(self) -> Echecs: ...

    @property
    def attestations(self) -> Attestations: ...

    @property
    def messages(self) -> Messages: ...


class Cafs(Protocol):
    """The reference data of the Caf."""

    def lire(self, organisme: str) -> Caf | None:
        """That Caf, or None."""
        ...


class Imprimeur(Protocol):
    """Makes the PDF of an attestation."""

    def imprimer(self, attestation: Attestation, caf: Caf, recu: str, le: datetime) -> bytes:
        """The PDF, which bears the receipt; the same bytes for the same arguments."""
        ...


@dataclass(frozen=True)
class Outils:
    """What the acts need beside the stores."""

    cafs: Cafs
    imprimeur: Imprimeur
