"""The administrateur, or the responsable of the group, puts an existing user of the partner in a group."""

from habilitation.domain.perimetre import exiger_compte
from habilitation.domain.services import Service
from habilitation.usecases.perimetres import groupe_gere, signer
from habilitation.usecases.ports import Comptes, Depots
from socle.acces import Acces
from socle.travail import Travail


def ajouter_membre(
    travail: Travail[Depots], acces: Acces, comptes: Comptes, id: str, identifiant: str, motif: str | None
) -> None:
    """Make this user a member. « Un seul [profil] pour un utilisateur » (webinar, « Les rubriques accessibles »).

    Raises RessourceInconnue, ProfilUnique, DejaExistant, VoisinIndisponible.
    """
    with travail.acte("habilitation.membre.ajoute", acces, objet=identifiant) as acte:
        with travail.lecture() as depots:
            groupe = groupe_gere(depots, acces, id)
        acte.note(groupe=groupe.id, profil=groupe.habilitation.profil)
        exiger_compte(comptes.partenaire_de(identifiant, acces.trace), groupe.partenaire)
        trait = signer(acte.depots, acces, acte.instant, motif)
        habilitation = groupe_gere(acte.depots, acces, id).habilitation
        appartenances, profil = acte.depots.appartenances, None
        if habilitation.service is Service.CDAP:
            profil = appartenances.tenir_profil_cdap(identifiant, habilitation.profil, trait)
        appartenances.ajouter(groupe.id, identifiant, profil, trait)
