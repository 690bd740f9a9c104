"""identity asks whether a partner exists, before it creates an account for it."""

from habilitation.usecases.ports import Depots
from socle.refus import RessourceInconnue
from socle.travail import Travail


def verifier_partenaire(travail: Travail[Depots], siret: str) -> str:
    """Give the code of its Caf référente. Raises RessourceInconnue."""
    with travail.lecture() as depots:
        partenaire = depots.partenaires.lire(siret)
    if partenaire is None:
        raise RessourceInconnue("partenaire_inconnu")
    return partenaire.caf_referente
