"""The oldest entries go (architecture.md, section 5: 12 months), behind a point that the witnesses prove."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from audit.domain.chaine import Tete
from audit.domain.purge import PointContredit, Purge
from audit.usecases.ports import Depots, Registre, Temoins
from socle.acces import Acces
from socle.travail import Travail


def a_purger(registre: Registre, temoins: Temoins, sources: Iterable[str], avant: datetime) -> Iterator[Purge]:
    """The sources of which a head was witnessed before that instant, beyond their last point."""
    for source in sources:
        tete = temoins.avant(source, avant)
        with registre.lecture() as depots:
            point = depots.journal.point(source)
        if tete is not None and tete.rang > point.rang:
            yield Purge(source, tete)


def poser_le_point(travail: Travail[Depots], acces: Acces, purge: Purge) -> None:
    """Decide: from now on the journal of this source begins after the point. Raises PointContredit, traced."""
    with travail.acte("audit.journal.purge", acces, objet=f"{purge.source}:{purge.point.rang}") as acte:
        connues = acte.depots.journal.empreintes(purge.source, [purge.point.rang])
        if connues.get(purge.point.rang) != purge.point.empreinte:
            raise PointContredit("temoin_contredit")
        acte.depots.journal.poser_point(purge.source, purge.point)


def effacer(registre: Registre, source: str, par_lot: int = 500) -> int:
    """Execute what was decided, in short transactions that a collection never waits long for; how many went.

    Killed in between, it goes on at the next purge; nothing behind the point is exported or counted meanwhile.
    """
    total = 0
    while True:
        with registre.ecriture() as depots:
            partis = depots.journal.effacer(source, par_lot)
        total += partis
        if partis < par_lot:
            return total


def points(registre: Registre, sources: Iterable[str]) -> dict[str, Tete]:
    """Up to where each source may let its own events go."""
    with registre.lecture() as depots:
        lus = {source: depots.journal.point(source) for source in sources}
    return {source: point for source, point in lus.items() if point.rang}
