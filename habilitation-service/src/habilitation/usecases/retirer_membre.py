"""The administrateur, or the responsable of the group, takes a user out of a group."""

from habilitation.domain.envois import Envoi
from habilitation.domain.services import Service
from habilitation.usecases.perimetres import groupe_gere, revoquer, signer
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def retirer_membre(travail: Travail[Depots], acces: Acces, id: str, identifiant: str, envoi: Envoi) -> None:
    """Close the membership, and the user's CDAP profile with the last that rests on it.

    Raises RessourceInconnue, VersionPerimee.
    """
    with travail.acte("habilitation.membre.retire", acces, objet=identifiant) as acte:
        trait = signer(acte.depots, acces, acte.instant)
        groupe = groupe_gere(acte.depots, acces, id, acte.jour, envoi)
        acte.note(groupe=groupe.id, profil=groupe.habilitation.profil)
        acte.depots.appartenances.retirer(groupe.id, identifiant, trait)
        if groupe.habilitation.service is Service.CDAP:
            acte.depots.appartenances.lacher_profils_cdap([identifiant], trait)
        revoquer(acte.depots, trait, identifiants=(identifiant,))
