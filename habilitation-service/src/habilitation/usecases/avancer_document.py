"""The référent notes that a document came one step further: received, complete, signed."""

from dataclasses import replace
from datetime import date

from habilitation.domain.documents import Document, Etat
from habilitation.domain.envois import Envoi
from habilitation.usecases.perimetres import partenaire_suivi, signer
from habilitation.usecases.ports import Depots
from socle.acces import Acces
from socle.refus import RessourceInconnue
from socle.travail import Travail


def avancer_document(
    travail: Travail[Depots], acces: Acces, siret: str, id: str, etat: Etat, le: date, envoi: Envoi
) -> None:
    """Open the next step; a signed document begins to give rights on the day of its signature.

    Raises RessourceInconnue, EtapeImpossible, RequeteInvalide, DejaExistant, VersionPerimee.
    """
    with travail.acte("habilitation.document.avance", acces, objet=siret) as acte:
        trait = signer(acte.depots, acces, acte.instant)
        demarche = partenaire_suivi(acte.depots, acces, siret, acte.jour, envoi).demarche(id)
        if demarche is None:
            raise RessourceInconnue("document_inconnu")
        acte.note(objet=id, partenaire=siret)
        demarche.exiger_suite(etat, le)
        acte.depots.documents.quitter(id, trait)
        if etat is Etat.SIGNE:
            acte.depots.documents.signer(siret, Document(id, demarche.genre, le, demarche.adhesion), trait)
        else:
            acte.depots.documents.noter(siret, replace(demarche, etat=etat, le=le), trait)
