"""The référent files a document of conventionnement that came back complete and signed."""

from uuid_utils.compat import uuid7

from habilitation.domain.documents import DemandeDocument, Document
from habilitation.usecases.perimetres import partenaire_suivi, signer
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.travail import Travail


def enregistrer_document(travail: Travail[Depots], acces: Acces, siret: str, demande: DemandeDocument) -> Document:
    """Give the document. Raises RessourceInconnue, RequeteInvalide, DejaExistant."""
    with travail.acte("habilitation.document.signe", acces, objet=siret) as acte:
        trait = signer(acte.depots, acces, acte.instant)
        partenaire_suivi(acte.depots, acces, siret)
        document = demande.en_document(str(uuid7()))
        acte.depots.partenaires.ajouter_document(siret, document, trait)
        return document
