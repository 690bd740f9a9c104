"""The référent files a document of conventionnement: signed, or at an earlier step."""

from uuid_utils.compat import uuid7

from habilitation.domain.documents import DemandeDocument, Demarche, Document, Etat
from habilitation.domain.envois import Envoi
from habilitation.domain.liens import Trait
from habilitation.usecases.perimetres import partenaire_suivi, signer
from habilitation.usecases.ports import Depots
from habilitation.usecases.une_fois import deja_fait, redire, retenir
from socle.acces import Acces
from socle.travail import Travail


def enregistrer_document(
    travail: Travail[Depots], acces: Acces, siret: str, demande: DemandeDocument, envoi: Envoi
) -> str:
    """Give the id of the document. Raises RessourceInconnue, RequeteInvalide, DejaExistant, CleReutilisee."""
    with travail.acte("habilitation.document.signe", acces, objet=siret) as acte:
        fait = deja_fait(acte, acces, envoi)
        partenaire_suivi(acte.depots, acces, siret, acte.jour, None if fait else envoi)
        if fait:
            return redire(acte, fait).reference
        id = str(uuid7())
        trait = signer(acte.depots, acces, acte.instant)
        _ecrire(acte.depots, siret, id, demande, trait)
        retenir(acte, acces, envoi, id, trait)
        return id


def _ecrire(depots: Depots, siret: str, id: str, demande: DemandeDocument, trait: Trait) -> None:
    adhesion = demande.adhesion()
    if demande.etat is Etat.SIGNE:
        depots.documents.signer(siret, Document(id, demande.genre, demande.le, adhesion), trait)
    else:
        depots.documents.noter(siret, Demarche(id, demande.genre, demande.etat, demande.le, adhesion), trait)
