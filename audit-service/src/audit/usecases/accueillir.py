"""A batch of one source is taken into the journal, or what does not fit is kept aside."""

import logging
from dataclasses import dataclass

from audit.domain.accueil import Lot, Suite, ids_nommes, rangs_nommes, trier
from audit.usecases.ports import Registre

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Accueil:
    """How a batch was received: what to do next, and how many entries are new."""

    suite: Suite
    nouvelles: int


def accueillir(registre: Registre, source: str, lot: Lot) -> Accueil:
    """Take in what goes on from the head, in one transaction; duplicates are a success.

    A source with an alarm that stops it takes nothing in until an operator has lifted the alarm.
    """
    with registre.ecriture() as depots:
        if depots.alarmes.arretent(source):
            return Accueil(Suite.ARRETEE, 0)
        tete = depots.journal.tete(source)
        tri = trier(
            source,
            tete,
            lot,
            depots.journal.empreintes(source, rangs_nommes(lot, tete.rang)),
            depots.journal.connus(ids_nommes(lot)),
            depots.journal.a_une_lignee(source),
        )
        depots.journal.ajouter(tri.entrees)
        depots.alarmes.inscrire(tri.alarmes)
    for alarme in tri.alarmes:
        logger.error("alarme du journal", extra={"source": source, "rang": alarme.rang, "cause": alarme.genre.value})
    return Accueil(tri.suite, len(tri.entrees))
