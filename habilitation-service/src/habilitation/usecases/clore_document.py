"""The référent ends a document: what rested on it gives nothing any more."""

from habilitation.domain.envois import Envoi
from habilitation.usecases.perimetres import partenaire_suivi, revoquer, signer
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.refus import RessourceInconnue
from socle.travail import Travail


def clore_document(travail: Travail[Depots], acces: Acces, siret: str, id: str, motif: str, envoi: Envoi) -> None:
    """End a signed document, or give up one on its way. Raises RessourceInconnue, VersionPerimee."""
    with travail.acte("habilitation.document.clos", acces, objet=siret) as acte:
        trait = signer(acte.depots, acces, acte.instant, motif)
        partenaire = partenaire_suivi(acte.depots, acces, siret, acte.jour, envoi)
        if partenaire.document(id) is None and partenaire.demarche(id) is None:
            raise RessourceInconnue("document_inconnu")
        acte.note(objet=id, partenaire=siret)
        acte.depots.documents.quitter(id, trait)
        acte.depots.documents.clore(id, trait)
        revoquer(acte.depots, trait, partenaires=(siret,))
