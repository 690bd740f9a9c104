"""The référent lifts a suspension; nobody else may, the administrateur least of all."""

from habilitation.domain.envois import Envoi
from habilitation.usecases.perimetres import partenaire_suivi, signer
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.refus import RessourceInconnue
from socle.travail import Travail


def lever_suspension(travail: Travail[Depots], acces: Acces, siret: str, id: str, motif: str, envoi: Envoi) -> None:
    """Close the suspension, with its reason. Raises RessourceInconnue, VersionPerimee."""
    with travail.acte("habilitation.suspension.levee", acces, objet=siret) as acte:
        trait = signer(acte.depots, acces, acte.instant, motif)
        partenaire = partenaire_suivi(acte.depots, acces, siret, acte.jour, envoi)
        levee = next((lue for lue in partenaire.suspensions if lue.id == id), None)
        if levee is None:
            raise RessourceInconnue("suspension_inconnue")
        acte.note(partenaire=siret, objet=levee.reference)
        acte.depots.suspensions.lever(id, trait)
