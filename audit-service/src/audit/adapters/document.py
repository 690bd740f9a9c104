"""The extract as a PDF that a screen reader can read."""

from datetime import datetime
from pathlib import Path

from audit.domain import libelles
from audit.domain.extrait import Consultation, Extrait
from audit.domain.supervision import FRANCE
from socle.documents import composer

GABARIT = Path(__file__).parent / "gabarits" / "extrait.typ"
_OUVERTURE = "cdap.consultation.ouverte"


def en_pdf(extrait: Extrait) -> bytes:
    """The document, in French, with the hours of mainland France. Raises DocumentImpossible."""
    donnees = {
        "organisme": extrait.dossier.organisme,
        "numero_allocataire": extrait.dossier.numero_allocataire,
        "periode": _periode(extrait),
        "etabli": _quand(extrait.a),
        "recu": extrait.recu,
        "ouvertures": sum(consultation.type == _OUVERTURE for consultation in extrait.consultations),
        "lignes": [_ligne(consultation) for consultation in extrait.consultations],
    }
    return composer(GABARIT, donnees, datetime.fromisoformat(extrait.a))


def _ligne(consultation: Consultation) -> dict[str, str]:
    pourquoi = (
        (libelles.FINALITES, consultation.finalite),
        (libelles.FONDEMENTS, consultation.fondement),
        (libelles.DESTINATAIRES, consultation.destinataire),
    )
    siret = consultation.organisation
    return {
        "quand": _quand(consultation.le),
        "organisation": f"SIRET {siret}" if siret.isdecimal() else siret,
        "profil": libelles.profil(consultation.profil) if consultation.profil else "–",
        "quoi": libelles.acte(consultation.type, consultation.rubrique, consultation.objet),
        "pourquoi": " ; ".join(libelles.libelle(mots, code) for mots, code in pourquoi if code) or "–",
        "id": consultation.id,
        "place": f"{consultation.source}, {consultation.rang}",
    }


def _periode(extrait: Extrait) -> str:
    bornes = (("du", extrait.depuis), ("au", extrait.jusqu_a))
    return " ".join(f"{mot} {_quand(instant)}" for mot, instant in bornes if instant) or "toute la durée du journal"


def _quand(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(FRANCE).strftime("%d/%m/%Y %H:%M:%S")
