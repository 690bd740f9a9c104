"""A référent, or the administrateur, reads a partner with its documents, administrateurs, suspensions and groups."""

from dataclasses import dataclass

from habilitation.domain.documents import Etape
from habilitation.domain.groupes import Groupe
from habilitation.domain.partenaires import Partenaire
from habilitation.domain.perimetre import exiger_lecteur
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


@dataclass(frozen=True, slots=True)
class PartenaireLu:
    """A partner as it stands today, and the steps that its documents took."""

    partenaire: Partenaire
    groupes: tuple[Groupe, ...]
    etapes: tuple[Etape, ...]


def lire_partenaire(travail: Travail[Depots], acces: Acces, siret: str) -> PartenaireLu:
    """Give the partner and what is its own. Raises RessourceInconnue."""
    with travail.acte("habilitation.partenaire.lu", acces, objet=siret) as acte:
        partenaire = exiger_lecteur(acces, acte.depots.partenaires.lire(siret), acte.jour)
        groupes = tuple(groupe.au(acte.jour) for groupe in acte.depots.groupes.du_partenaire(siret))
        return PartenaireLu(partenaire, groupes, acte.depots.documents.etapes(siret))
