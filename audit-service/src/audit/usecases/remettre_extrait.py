"""A contrôleur establishes, for an allocataire, the extract of who consulted the dossier."""

from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from audit.domain import extrait
from audit.domain.accueil import Entree
from audit.domain.evenement import Issue
from audit.domain.extrait import ENTREES_MAX, Extrait, Voisinage
from audit.domain.recherche import Criteres, Dossier, RequeteInvalide, caf_de
from audit.usecases.ports import Depots, Journal
from socle.acces import Acces
from socle.refus import AccesRefuse
from socle.travail import Travail

T = TypeVar("T")
_TROP = "Plus de 5 000 accès à ce dossier. Choisissez une période plus courte."


def remettre_extrait(
    travail: Travail[Depots],
    acces: Acces,
    dossier: Dossier,
    depuis: str | None,
    jusqu_a: str | None,
    editer: Callable[[Extrait], T],
) -> T:
    """Give the granted accesses to the dossier, each proven in its chain, in the form that `editer` makes of them.

    The delivery is itself an act: what could not be made was not delivered. No lock is held while it is made.
    Raises AccesRefuse for a dossier of another Caf, RequeteInvalide for more than 5 000 accesses or a period in which
    nothing could be, ExtraitNonProuve.
    """
    with travail.acte("audit.extrait.remis", acces, dossier=dossier.reference) as acte:
        if dossier.organisme != caf_de(acces.caf):
            raise AccesRefuse("hors_caf")
        criteres = Criteres(issue=Issue.ACCORDE, dossier=dossier, depuis=depuis, jusqu_a=jusqu_a)
        criteres.exiger_une_periode(acte.instant)
        with travail.lecture() as depots:
            trouvees = depots.journal.chercher(criteres, dossier.organisme, ENTREES_MAX + 1)
            if len(trouvees) > ENTREES_MAX:
                raise RequeteInvalide("trop_d_acces", erreurs=(("depuis", _TROP),))
            retenues = [entree for entree in trouvees if extrait.retenue(entree)]
            autour = _autour(depots.journal, retenues)
        consultations = tuple(extrait.consultation(entree, dossier, autour[entree.source]) for entree in retenues)
        return editer(Extrait(dossier, depuis, jusqu_a, acte.instant.isoformat(), acte.recu, consultations))


def _autour(journal: Journal, entrees: list[Entree]) -> dict[str, Voisinage]:
    rangs = defaultdict(set)
    for entree in entrees:
        rangs[entree.source].add(entree.recu.rang)
    return {source: journal.autour(source, de_la_source) for source, de_la_source in rangs.items()}
