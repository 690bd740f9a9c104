"""The administrateur of the partner, or the responsable of the group, reads a group and who is in it."""

from habilitation.domain.groupes import Groupe
from habilitation.usecases.perimetres import groupe_gere
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def lire_groupe(travail: Travail[Depots], acces: Acces, id: str) -> Groupe:
    """Give the group as it stands today. Raises RessourceInconnue."""
    with travail.acte("habilitation.groupe.lu", acces) as acte:
        groupe = groupe_gere(acte.depots, acces, id, acte.jour)
        acte.note(groupe=groupe.id, profil=groupe.habilitation.profil, objet=groupe.id)
        return groupe.au(acte.jour)
