"""The administrateur creates a group and habilitates it, within what the documents grant."""

from uuid_utils.compat import uuid7

from habilitation.domain.chaine import habiliter
from habilitation.domain.envois import Envoi
from habilitation.domain.groupes import DemandeGroupe, Groupe
from habilitation.usecases.perimetres import partenaire_administre, signer
from habilitation.usecases.ports import Depots
from habilitation.usecases.une_fois import deja_fait, redire, retenir
from socle.acces import Acces
from socle.travail import Travail


def creer_groupe(travail: Travail[Depots], acces: Acces, siret: str, demande: DemandeGroupe, envoi: Envoi) -> Groupe:
    """Give the group, without members.

    Raises RessourceInconnue, RequeteInvalide, ConventionIncomplete, HorsBulletin, HabilitationSuspendue,
    VersionPerimee, CleReutilisee.
    """
    with travail.acte("habilitation.groupe.cree", acces, objet=siret) as acte:
        fait = deja_fait(acte, acces, envoi)
        partenaire = partenaire_administre(acte.depots, acces, siret, acte.jour, None if fait else envoi)
        if fait and (cree := acte.depots.groupes.lire(fait.reference, fait.instant)):
            redire(acte, fait)
            acte.note(groupe=cree.id, profil=cree.habilitation.profil, objet=cree.id)
            return cree
        groupe = Groupe(str(uuid7()), siret, demande.nom, habiliter(partenaire, demande, acte.jour))
        acte.note(groupe=groupe.id, profil=groupe.habilitation.profil, objet=groupe.id)
        trait = signer(acte.depots, acces, acte.instant)
        acte.depots.groupes.ouvrir(groupe, trait)
        retenir(acte, acces, envoi, groupe.id, trait)
        return groupe
