"""What ties a dossier to others: the facts that the extra checks of T4, T9, T10, T18 and T19 look at.

Invariant: no rubrique ever shows them. None is unknown, an empty list is known to be empty; both deny.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandat:
    """A measure of protection entrusted to a partner (its SIRET), still running where `jusqu_a` is None."""

    siret: str
    depuis: date
    jusqu_a: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DroitRsa:
    """A period in which the household was entitled to the RSA, last day included, running if None."""

    depuis: date
    jusqu_a: date | None = None

    def recouvre(self, debut: date, fin: date) -> bool:
        """Whether the period has a day in common with [debut, fin]."""
        return self.depuis <= fin and (self.jusqu_a is None or max(self.depuis, debut) <= self.jusqu_a)


@dataclass(frozen=True, slots=True, kw_only=True)
class Liens:
    """Facts for the extra checks; `numero_bailleur` is that of the current logement."""

    numeros_instructeur: tuple[str, ...] | None = None
    numero_bailleur: str | None = None
    mandats: tuple[Mandat, ...] | None = None
    droits_rsa: tuple[DroitRsa, ...] | None = None
