"""The purge: what is older than 12 months goes, behind a point from which chain and verifier go on (ADR 29).

Invariant: a point is a head that a witness saw, word for word, at least that long ago. So who reads the journal can
tell a purge from a truncation, and a purge that came too early, from the witnesses alone.
"""

from dataclasses import dataclass

from audit.domain.chaine import Tete
from socle.refus import Refus


class PointContredit(Refus):
    """The journal has not, at that rank, the print that the witness saw: nothing is purged."""

    code = "service-indisponible"
    issue = "echec"


@dataclass(frozen=True, slots=True)
class Purge:
    """One source's oldest entries, up to the point, may go."""

    source: str
    point: Tete
