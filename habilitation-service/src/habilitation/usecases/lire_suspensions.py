"""A référent, a contrôleur of the Caf référente, or the administrateur reads the suspensions, past ones included."""

from habilitation.domain.perimetre import exiger_lecteur
from habilitation.domain.suspensions import Suspension
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def lire_suspensions(travail: Travail[Depots], acces: Acces, siret: str) -> tuple[Suspension, ...]:
    """Give all of them, oldest first. Raises RessourceInconnue."""
    with travail.acte("habilitation.suspension.lue", acces, objet=siret) as acte:
        exiger_lecteur(acces, acte.depots.partenaires.lire(siret), acte.jour)
        return acte.depots.suspensions.histoire(siret)
