"""The administrateur creates a group and habilitates it, within what the documents grant."""

from uuid_utils.compat import uuid7

from habilitation.domain.chaine import habiliter
from habilitation.domain.groupes import DemandeGroupe, Groupe
from habilitation.usecases.perimetres import partenaire_administre, signer
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def creer_groupe(travail: Travail[Depots], acces: Acces, siret: str, demande: DemandeGroupe) -> Groupe:
    """Give the group, without members.

    Raises RessourceInconnue, RequeteInvalide, ConventionIncomplete, HorsBulletin.
    """
    with travail.acte("habilitation.groupe.cree", acces, objet=siret) as acte:
        trait = signer(acte.depots, acces, acte.instant)
        partenaire = partenaire_administre(acte.depots, acces, siret)
        groupe = Groupe(str(uuid7()), siret, demande.nom, habiliter(partenaire, demande, acte.jour))
        acte.note(groupe=groupe.id, profil=groupe.habilitation.profil, objet=groupe.id)
        acte.depots.groupes.ouvrir(groupe, trait)
        return groupe
