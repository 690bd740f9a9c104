"""The heads of the journal are kept elsewhere, so that a truncation can be seen (architecture.md, section 5)."""

from collections.abc import Iterable
from datetime import datetime

from audit.domain.chaine import Tete
from audit.usecases.ports import Registre, Temoignage, Temoins


def temoigner(registre: Registre, temoins: Temoins, sources: Iterable[str], a: datetime) -> int:
    """Append the heads that have moved since their last witness; how many there were.

    A journal that is behind its witnesses was restored, or cut: the last witness stays the one to go back to.
    """
    with registre.lecture() as depots:
        tetes = {source: depots.journal.tete(source) for source in sources}
    bougees = [Temoignage(source, tete) for source, tete in tetes.items() if _a_avance(tete, temoins.dernier(source))]
    if bougees:
        temoins.ajouter(bougees, a)
    return len(bougees)


def _a_avance(tete: Tete, temoin: Tete | None) -> bool:
    return tete.rang > 0 if temoin is None else tete != temoin and tete.rang >= temoin.rang
