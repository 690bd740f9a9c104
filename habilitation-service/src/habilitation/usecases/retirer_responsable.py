"""The administrateur, or the référent of the Caf, takes the delegation of a group back."""

from habilitation.domain.envois import Envoi
from habilitation.usecases.perimetres import groupe_delegue, revoquer, signer
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.refus import RessourceInconnue
from socle.travail import Travail


def retirer_responsable(travail: Travail[Depots], acces: Acces, id: str, envoi: Envoi) -> None:
    """Close the delegation. Raises RessourceInconnue, VersionPerimee."""
    with travail.acte("habilitation.responsable.retire", acces) as acte:
        trait = signer(acte.depots, acces, acte.instant)
        groupe = groupe_delegue(acte.depots, acces, id, acte.jour, envoi)
        acte.note(groupe=groupe.id, profil=groupe.habilitation.profil)
        if groupe.responsable is None:
            raise RessourceInconnue("sans_responsable")
        acte.note(objet=groupe.responsable)
        acte.depots.groupes.reprendre(groupe.id, trait)
        revoquer(acte.depots, trait, identifiants=(groupe.responsable,))
