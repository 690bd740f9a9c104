"""A référent, or the administrateur, reads a partner with its documents, administrateurs and groups."""

from habilitation.domain.groupes import Groupe
from habilitation.domain.partenaires import Partenaire
from habilitation.domain.perimetre import exiger_lecteur
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def lire_partenaire(travail: Travail[Depots], acces: Acces, siret: str) -> tuple[Partenaire, tuple[Groupe, ...]]:
    """Give the partner and its groups as they stand. Raises RessourceInconnue."""
    with travail.acte("habilitation.partenaire.lu", acces, objet=siret) as acte:
        partenaire = exiger_lecteur(acces, acte.depots.partenaires.lire(siret))
        return partenaire, acte.depots.groupes.du_partenaire(siret)
