"""The référent gives the place of an administrateur to another person, in one act."""

from habilitation.domain.chaine import exiger_convention
from habilitation.domain.envois import Envoi
from habilitation.domain.partenaires import Administrateur, Partenaire
from habilitation.domain.perimetre import exiger_compte
from habilitation.domain.refus import DejaExistant
from habilitation.usecases.perimetres import partenaire_suivi, revoquer, signer
from habilitation.usecases.ports import Comptes, Depots
from socle.acces import Acces
from socle.refus import RessourceInconnue
from socle.travail import Travail


def remplacer_administrateur(
    travail: Travail[Depots],
    acces: Acces,
    comptes: Comptes,
    siret: str,
    voulu: Administrateur,
    motif: str | None,
    envoi: Envoi,
) -> None:
    """Close the place of who holds it and open it for `voulu`.

    Raises RessourceInconnue, ConventionIncomplete, DejaExistant, VoisinIndisponible, VersionPerimee.
    """
    with travail.acte("habilitation.administrateur.remplace", acces, objet=voulu.identifiant, partenaire=siret) as acte:
        with travail.lecture() as depots:
            exiger_convention(partenaire_suivi(depots, acces, siret, acte.jour), acte.jour)
        exiger_compte(comptes.partenaire_de(voulu.identifiant, acces.trace), siret)
        trait = signer(acte.depots, acces, acte.instant, motif)
        partenaire = partenaire_suivi(acte.depots, acces, siret, acte.jour, envoi)
        exiger_convention(partenaire, acte.jour)
        ancien = _ancien(partenaire, voulu)
        acte.depots.partenaires.liberer(siret, voulu.place, trait)
        acte.depots.partenaires.designer(siret, voulu, trait)
        revoquer(acte.depots, trait, identifiants=(ancien,))


def _ancien(partenaire: Partenaire, voulu: Administrateur) -> str:
    tenu = partenaire.administrateur(voulu.place)
    if tenu is None:
        raise RessourceInconnue("place_libre")
    if tenu.identifiant == voulu.identifiant:
        raise DejaExistant()
    return tenu.identifiant
