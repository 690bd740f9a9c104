"""A contrôleur reads one event, with its place in the chain: what a receipt resolves to."""

from audit.domain.accueil import Entree
from audit.domain.evenement import est_identifiant
from audit.domain.recherche import EvenementInconnu, caf_de, visible
from audit.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def lire_evenement(travail: Travail[Depots], acces: Acces, id: str) -> Entree:
    """Give the event. Raises EvenementInconnu where there is none, or none for the agent's Caf."""
    bien_forme = est_identifiant(id)
    with travail.acte("audit.evenement.lu", acces, objet=id if bien_forme else None) as acte:
        caf = caf_de(acces.caf)
        entree = acte.depots.journal.lire(id) if bien_forme else None
        if entree is None or entree.evenement is None:
            raise EvenementInconnu("evenement_inconnu")
        if not visible(entree.evenement, caf):
            raise EvenementInconnu("hors_caf")
        return entree
