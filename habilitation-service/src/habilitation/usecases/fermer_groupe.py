"""The administrateur closes a group, with its memberships and its delegation."""

from habilitation.domain.envois import Envoi
from habilitation.usecases.perimetres import groupe_administre, revoquer, signer
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def fermer_groupe(travail: Travail[Depots], acces: Acces, id: str, envoi: Envoi) -> None:
    """Close it; a CDAP profile goes with the last membership that rests on it.

    Raises RessourceInconnue, VersionPerimee.
    """
    with travail.acte("habilitation.groupe.ferme", acces) as acte:
        trait = signer(acte.depots, acces, acte.instant)
        groupe = groupe_administre(acte.depots, acces, id, acte.jour, envoi)
        acte.note(groupe=groupe.id, profil=groupe.habilitation.profil, objet=groupe.id)
        acte.depots.appartenances.vider(groupe.id, trait)
        acte.depots.appartenances.lacher_profils_cdap([lue.identifiant for lue in groupe.appartenances], trait)
        acte.depots.groupes.fermer(groupe.id, trait)
        responsable = (groupe.responsable,) if groupe.responsable else ()
        revoquer(acte.depots, trait, groupes=(groupe.id,), identifiants=responsable)
