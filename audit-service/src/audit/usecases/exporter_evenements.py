"""A contrôleur takes away what a search finds, as a file."""

from audit.domain.accueil import Entree
from audit.domain.recherche import Criteres, RequeteInvalide, caf_de
from audit.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail

ENTREES_MAX = 10_000
_TROP = "Plus de 10 000 accès répondent à cette demande. Choisissez une période plus courte."


def exporter_evenements(travail: Travail[Depots], acces: Acces, criteres: Criteres, format: str) -> list[Entree]:
    """Give all that fits and that the agent's Caf may see, newest first; never a part of it.

    The event names the format and which criteria there were, never what they said, but for the dossier.
    Raises RequeteInvalide where there are more than 10 000, or for a period in which nothing could be.
    """
    dossier = None if criteres.dossier is None else criteres.dossier.reference
    objet = ":".join((format, *criteres.nommes))
    with travail.acte("audit.journal.exporte", acces, objet=objet, dossier=dossier) as acte:
        criteres.exiger_une_periode(acte.instant)
        caf = caf_de(acces.caf)
        with travail.lecture() as depots:
            entrees = depots.journal.chercher(criteres, caf, ENTREES_MAX + 1)
        if len(entrees) > ENTREES_MAX:
            raise RequeteInvalide("trop_d_acces", erreurs=(("depuis", _TROP),))
        return entrees
