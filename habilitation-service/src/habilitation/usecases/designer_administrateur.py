"""The référent gives one of the two places of administrateur to an account of the partner."""

from habilitation.domain.chaine import exiger_convention
from habilitation.domain.envois import Envoi
from habilitation.domain.partenaires import Administrateur
from habilitation.domain.perimetre import exiger_compte
from habilitation.usecases.perimetres import partenaire_suivi, signer
from habilitation.usecases.ports import Comptes, Depots
from habilitation.usecases.une_fois import deja_fait, redire, retenir
from socle.acces import Acces
from socle.travail import Travail


def designer_administrateur(
    travail: Travail[Depots],
    acces: Acces,
    comptes: Comptes,
    siret: str,
    administrateur: Administrateur,
    envoi: Envoi,
) -> Administrateur:
    """Give the administrateur, named.

    Raises RessourceInconnue, ConventionIncomplete, PlaceOccupee, DejaExistant, VoisinIndisponible, CleReutilisee.
    """
    identifiant = administrateur.identifiant
    with travail.acte("habilitation.administrateur.designe", acces, objet=identifiant, partenaire=siret) as acte:
        with travail.lecture() as depots:
            exiger_convention(partenaire_suivi(depots, acces, siret, acte.jour), acte.jour)
        exiger_compte(comptes.partenaire_de(identifiant, acces.trace), siret)
        fait = deja_fait(acte, acces, envoi)
        partenaire = partenaire_suivi(acte.depots, acces, siret, acte.jour, None if fait else envoi)
        if fait:
            redire(acte, fait)
            return administrateur
        exiger_convention(partenaire, acte.jour)
        trait = signer(acte.depots, acces, acte.instant)
        acte.depots.partenaires.designer(siret, administrateur, trait)
        retenir(acte, acces, envoi, identifiant, trait)
        return administrateur
