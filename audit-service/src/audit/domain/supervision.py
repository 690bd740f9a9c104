"""Supervision of consultations (webinar, « Supervision consulter dossier »): counts, never a person."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from audit.domain.recherche import RequeteInvalide

FRANCE = ZoneInfo("Europe/Paris")
JOURS_MAX = 92
LIGNES_MAX = 50
_PERIODE = f"La période va d’un jour au même jour ou à un jour plus tard, et dure {JOURS_MAX} jours au plus."


class Axe(StrEnum):
    """By what consultations are counted."""

    PARTENAIRE = "partenaire"
    GROUPE = "groupe"
    PROFIL = "profil"
    JOUR = "jour"
    DOSSIER = "dossier"
    CAUSE = "cause"


@dataclass(frozen=True, slots=True)
class Periode:
    """Days of mainland France, both included."""

    depuis: date
    jusqu_a: date

    @classmethod
    def lire(cls, depuis: str, jusqu_a: str) -> "Periode":
        """Read two days. Raises RequeteInvalide for what is none, for the wrong order, and for more than 92 days."""
        try:
            periode = cls(date.fromisoformat(depuis), date.fromisoformat(jusqu_a))
            instants = periode.instants
        except (ValueError, OverflowError):
            instants = None
        if instants is None or not 0 <= (periode.jusqu_a - periode.depuis).days < JOURS_MAX:
            raise RequeteInvalide("periode_invalide", erreurs=(("jusqu_a", _PERIODE),))
        return periode

    @property
    def instants(self) -> tuple[str, str]:
        """From which instant on (included), and up to which (not included)."""
        return _minuit(self.depuis), _minuit(self.jusqu_a + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Compte:
    """How many consultations one value of the axis has: opened, refused, failed."""

    cle: str | None
    ouvertes: int
    refusees: int
    echouees: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.ouvertes + self.refusees + self.echouees


def par_jour(heures: list[Compte]) -> list[Compte]:
    """Counts by hour (`AAAA-MM-JJTHH`, UTC) as counts by day of mainland France, the first day first."""
    jours: dict[str, Compte] = {}
    for compte in heures:
        jour = datetime.fromisoformat(f"{compte.cle}:00:00+00:00").astimezone(FRANCE).date().isoformat()
        deja = jours.get(jour, Compte(jour, 0, 0, 0))
        jours[jour] = Compte(
            jour,
            deja.ouvertes + compte.ouvertes,
            deja.refusees + compte.refusees,
            deja.echouees + compte.echouees,
        )
    return [jours[jour] for jour in sorted(jours)]


def _minuit(jour: date) -> str:
    instant = datetime.combine(jour, time(), FRANCE).astimezone(UTC)
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")
