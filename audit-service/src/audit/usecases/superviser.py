"""A superviseur looks at the consultations of his Caf's dossiers, in numbers (webinar, « Supervision »)."""

from audit.domain.recherche import caf_de
from audit.domain.supervision import Axe, Compte, Periode, par_jour
from audit.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def superviser(travail: Travail[Depots], acces: Acces, periode: Periode, axe: Axe) -> list[Compte]:
    """Count by the axis, the greatest first; by day, the first day first. Raises AccesRefuse for an agent of no Caf."""
    with travail.acte("audit.supervision.lue", acces, objet=axe.value):
        caf = caf_de(acces.caf)
        with travail.lecture() as depots:  # The journal is read without its lock: the collector never waits for it.
            comptes = depots.supervision.compter(caf, periode, axe)
        return par_jour(comptes) if axe is Axe.JOUR else comptes
