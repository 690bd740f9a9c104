"""The extract as a PDF that a screen reader can read."""

from datetime import datetime
from pathlib import Path

from audit.domain.extrait import Consultation, Extrait
from audit.domain.supervision import FRANCE
from socle.documents import composer

GABARIT = Path(__file__).parent / "gabarits" / "extrait.typ"
_TYPES = {"cdap.consultation.ouverte": "Ouverture du dossier", "cdap.rubrique.lue": "Lecture d’une rubrique"}


def en_pdf(extrait: Extrait) -> bytes:
    """The document, in French, with the hours of mainland France. Raises DocumentImpossible."""
    donnees = {
        "organisme": extrait.dossier.organisme,
        "numero_allocataire": extrait.dossier.numero_allocataire,
        "periode": _periode(extrait),
        "etabli": _quand(extrait.a),
        "recu": extrait.recu,
        "lignes": [_ligne(consultation) for consultation in extrait.consultations],
    }
    return composer(GABARIT, donnees, datetime.fromisoformat(extrait.a))


def _ligne(consultation: Consultation) -> dict[str, str]:
    quoi = _TYPES.get(consultation.type, consultation.type)
    criteres = (consultation.finalite, consultation.fondement, consultation.destinataire)
    siret = consultation.organisation
    return {
        "quand": _quand(consultation.le),
        "organisation": f"SIRET {siret}" if siret.isdecimal() else siret,
        "profil": consultation.profil or "–",
        "quoi": f"{quoi} : {_mots(consultation.rubrique)}" if consultation.rubrique else quoi,
        "pourquoi": " ; ".join(_mots(critere) for critere in criteres if critere) or "–",
        "id": consultation.id,
        "place": f"{consultation.source}, {consultation.rang}",
    }


def _periode(extrait: Extrait) -> str:
    bornes = (("du", extrait.depuis), ("au", extrait.jusqu_a))
    return " ".join(f"{mot} {_quand(instant)}" for mot, instant in bornes if instant) or "toute la durée du journal"


def _quand(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(FRANCE).strftime("%d/%m/%Y %H:%M:%S")


def _mots(code: str) -> str:
    return code.replace("-", " ")
