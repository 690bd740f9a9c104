"""What ties a dossier to others: the facts that the extra checks of T4, T9, T10, T18 and T19 look at.

Invariant: no rubrique ever shows them. None is unknown, an empty list is known to be empty; both deny.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta


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
class Depart:
    """The dossier has gone, or goes, to another Caf (« mutation »): from that day on it opens there, no longer here."""

    le: date
    vers: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Liens:
    """Facts for the extra checks; `numero_bailleur` is that of the current logement."""

    numeros_instructeur: tuple[str, ...] | None = None
    numero_bailleur: str | None = None
    mandats: tuple[Mandat, ...] | None = None
    droits_rsa: tuple[DroitRsa, ...] | None = None
    depart: Depart | None = None


def reunir(
    anciens: Sequence[DroitRsa] | None, recus: Sequence[DroitRsa] | None, demande_le: date | None
) -> tuple[DroitRsa, ...] | None:
    """The periods after a flow that knows only the present one: T18 and T19 look two years back.

    A period received replaces the one that began the same day. A right that begins, or a demand that is only
    waiting or refused (`demande_le`), ends what was still open before; a demand that gave a right and is refused
    after all gave none.
    """
    if anciens is None or recus is None:
        connus = recus if anciens is None else anciens
        return None if connus is None else tuple(connus)
    par_debut = {droit.depuis: droit for droit in (*anciens, *recus)}
    debuts = sorted({*(droit.depuis for droit in recus), *([] if recus or demande_le is None else [demande_le])})
    reunis = []
    for droit in sorted(par_debut.values(), key=lambda droit: droit.depuis):
        suivant = next((debut for debut in debuts if debut > droit.depuis), None)
        if not recus and demande_le == droit.depuis:
            continue
        if droit.jusqu_a is None and suivant is not None:
            droit = replace(droit, jusqu_a=suivant - timedelta(days=1))
        reunis.append(droit)
    return tuple(reunis)


def clore(droits: Sequence[DroitRsa] | None, le: date | None) -> tuple[DroitRsa, ...] | None:
    """The periods once the right is closed, on a day that nobody tells: the last on which it was known to run.

    That is `le`, or where there is none the first day of the period.
    """
    if droits is None:
        return None
    return tuple(
        droit if droit.jusqu_a else replace(droit, jusqu_a=max(droit.depuis, le or droit.depuis)) for droit in droits
    )
