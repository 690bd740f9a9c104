"""What was asked of the Caf in the course of a consultation and is handed over afterwards: by post, by mail."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cdap.domain.dossiers import Cle


class Etat(StrEnum):
    """Where it is. What waits is tried again until it is handed over."""

    EN_ATTENTE = "en_attente"
    REMIS = "remis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envoi:
    """One of them; `id` is that of the event of its act, `groupe` that under which it was asked.

    `empreinte` is the SHA-256 of what is handed over.
    """

    id: str
    sujet: str
    consultation: str
    cle: Cle
    empreinte: str
    demande_a: datetime
    groupe: str | None = None
    remis_a: datetime | None = None

    @property
    def etat(self) -> Etat:
        """Whether it was handed over."""
        return Etat.EN_ATTENTE if self.remis_a is None else Etat.REMIS
