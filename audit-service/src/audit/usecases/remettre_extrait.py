"""A contrôleur establishes, for an allocataire, the extract of who consulted the dossier."""

from collections import defaultdict

from audit.domain import extrait
from audit.domain.accueil import Entree
from audit.domain.evenement import Issue
from audit.domain.extrait import ENTREES_MAX, Extrait, Voisinage
from audit.domain.recherche import Criteres, Dossier, RequeteInvalide, caf_de
from audit.usecases.ports import Depots, Journal
from socle.acces import Acces
from socle.refus import AccesRefuse
from socle.travail import Travail

_TROP = "Plus de 5 000 accès à ce dossier. Choisissez une période plus courte."


def remettre_extrait(
    travail: Travail[Depots], acces: Acces, dossier: Dossier, depuis: str | None, jusqu_a: str | None
) -> Extrait:
    """Give the granted accesses to the dossier, each proven in its chain; the delivery is itself an act.

    Raises AccesRefuse for a dossier of another Caf, RequeteInvalide for more than 5 000 accesses, ExtraitNonProuve.
    """
    with travail.acte("audit.extrait.remis", acces, dossier=dossier.reference) as acte:
        if dossier.organisme != caf_de(acces.caf):
            raise AccesRefuse("hors_caf")
        criteres = Criteres(issue=Issue.ACCORDE, dossier=dossier, depuis=depuis, jusqu_a=jusqu_a)
        with travail.lecture() as depots:
            trouvees = depots.journal.chercher(criteres, dossier.organisme, ENTREES_MAX + 1)
            if len(trouvees) > ENTREES_MAX:
                raise RequeteInvalide("trop_d_acces", erreurs=(("depuis", _TROP),))
            retenues = [entree for entree in trouvees if extrait.retenue(entree)]
            autour = _autour(depots.journal, retenues)
        consultations = tuple(extrait.consultation(entree, dossier, autour[entree.source]) for entree in retenues)
        return Extrait(dossier, depuis, jusqu_a, acte.instant.isoformat(), acte.recu, consultations)


def _autour(journal: Journal, entrees: list[Entree]) -> dict[str, Voisinage]:
    rangs = defaultdict(set)
    for entree in entrees:
        rangs[entree.source].add(entree.recu.rang)
    return {source: journal.autour(source, de_la_source) for source, de_la_source in rangs.items()}
