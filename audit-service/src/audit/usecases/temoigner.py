"""The heads of the journal are kept elsewhere, so that a truncation can be seen (architecture.md, section 5)."""

from collections.abc import Iterable
from datetime import datetime

from audit.usecases.ports import Registre, Temoignage, Temoins


def temoigner(registre: Registre, temoins: Temoins, sources: Iterable[str], a: datetime) -> int:
    """Append the heads that have moved since their last witness; how many there were."""
    with registre.lecture() as depots:
        tetes = {source: depots.journal.tete(source) for source in sources}
    bougees = [
        Temoignage(source, tete) for source, tete in tetes.items() if tete.rang and tete != temoins.dernier(source)
    ]
    if bougees:
        temoins.ajouter(bougees, a)
    return len(bougees)
