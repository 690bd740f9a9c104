"""The référent takes a place of administrateur back."""

from habilitation.domain.envois import Envoi
from habilitation.domain.partenaires import Place
from habilitation.usecases.perimetres import partenaire_suivi, revoquer, signer
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.refus import RessourceInconnue
from socle.travail import Travail


def retirer_administrateur(travail: Travail[Depots], acces: Acces, siret: str, place: Place, envoi: Envoi) -> None:
    """Close the place. Raises RessourceInconnue, VersionPerimee."""
    with travail.acte("habilitation.administrateur.retire", acces, objet=siret) as acte:
        trait = signer(acte.depots, acces, acte.instant)
        tenu = partenaire_suivi(acte.depots, acces, siret, acte.jour, envoi).administrateur(place)
        if tenu is None:
            raise RessourceInconnue("place_libre")
        acte.note(objet=tenu.identifiant, partenaire=siret)
        acte.depots.partenaires.liberer(siret, place, trait)
        revoquer(acte.depots, trait, identifiants=(tenu.identifiant,))
