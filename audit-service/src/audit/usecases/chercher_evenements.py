"""A contrôleur searches the journal of accesses (webinar, « Le plan de contrôle »)."""

from dataclasses import dataclass

from audit.domain.accueil import Entree
from audit.domain.recherche import PAR_PAGE, Criteres, Place, caf_de
from audit.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


@dataclass(frozen=True, slots=True)
class Page:
    """At most 50 events, newest first, and where the next page begins; None where this is the last."""

    entrees: list[Entree]
    suivant: Place | None


def chercher_evenements(travail: Travail[Depots], acces: Acces, criteres: Criteres) -> Page:
    """Give a page of what the agent's Caf may see; the search is itself an act, with the dossier it is about.

    Raises RequeteInvalide for a period in which nothing could be.
    """
    dossier = None if criteres.dossier is None else criteres.dossier.reference
    with travail.acte("audit.journal.lu", acces, dossier=dossier) as acte:
        criteres.exiger_une_periode(acte.instant)
        caf = caf_de(acces.caf)
        trouvees = acte.depots.journal.chercher(criteres, caf, PAR_PAGE + 1)
        page = trouvees[:PAR_PAGE]
        if len(trouvees) == len(page):
            return Page(page, None)
        derniere = page[-1].evenement
        return Page(page, None if derniere is None else Place(derniere.instant, derniere.id))
