"""The administrateur delegates the moving of members in and out of one group to one user of the partner."""

from habilitation.domain.envois import Envoi
from habilitation.domain.perimetre import exiger_compte
from habilitation.domain.refus import SansResponsable
from habilitation.domain.services import AVEC_RESPONSABLE
from habilitation.usecases.perimetres import groupe_administre, signer
from habilitation.usecases.ports import Comptes, Depots
from socle.acces import Acces
from socle.travail import Travail


def designer_responsable(
    travail: Travail[Depots],
    acces: Acces,
    comptes: Comptes,
    id: str,
    identifiant: str,
    motif: str | None,
    envoi: Envoi,
) -> None:
    """Name the responsable of the group.

    Raises RessourceInconnue, SansResponsable, PlaceOccupee, VoisinIndisponible, VersionPerimee.
    """
    with travail.acte("habilitation.responsable.designe", acces, objet=identifiant) as acte:
        with travail.lecture() as depots:
            groupe = groupe_administre(depots, acces, id, acte.jour)
        acte.note(groupe=groupe.id, profil=groupe.habilitation.profil)
        if groupe.habilitation.service not in AVEC_RESPONSABLE:
            raise SansResponsable()
        exiger_compte(comptes.partenaire_de(identifiant, acces.trace), groupe.partenaire)
        trait = signer(acte.depots, acces, acte.instant, motif)
        groupe_administre(acte.depots, acces, id, acte.jour, envoi)
        acte.depots.groupes.confier(groupe.id, identifiant, trait)
