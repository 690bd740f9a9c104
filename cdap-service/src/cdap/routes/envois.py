"""What is asked of the Caf in the course of a consultation: the attestation de paiement, the dialogue."""

from typing import Any

import flask

from cdap.domain.attestation import Canal
from cdap.domain.dialogue import Message, Saisie
from cdap.domain.envois import Envoi
from cdap.routes.instants import instant
from cdap.usecases.delivrer_attestation import delivrer_attestation
from cdap.usecases.ecrire_a_la_caf import ecrire_a_la_caf
from cdap.usecases.lire_message import lire_message as relire
from cdap.usecases.ports import Depots, Outils
from cdap.usecases.suivre_attestation import suivre_attestation as suivre
from socle.acces import Acces
from socle.travail import Travail


def demander_attestation(
    consultation: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots], outils: Outils
) -> Any:
    """The PDF, or 202 and where to see what becomes of the letter."""
    faite = delivrer_attestation(travail, acces, outils, consultation, Canal(body["canal"]))
    if isinstance(faite, Envoi):
        return _envoi(faite), 202, {"Location": f"/cdap/v1/attestations/{faite.id}"}
    reponse = flask.Response(faite, mimetype="application/pdf")
    reponse.headers["Content-Disposition"] = 'attachment; filename="attestation-de-paiement.pdf"'
    reponse.headers["Cache-Control"] = "no-store"
    return reponse


def suivre_attestation(attestation: str, acces: Acces, travail: Travail[Depots]) -> Any:
    """What became of an attestation by post."""
    return _envoi(suivre(travail, acces, attestation))


def ecrire(consultation: str, body: dict[str, Any], acces: Acces, travail: Travail[Depots], outils: Outils) -> Any:
    """Write to the Caf: 201, and where the message is kept."""
    message = ecrire_a_la_caf(travail, acces, outils, consultation, Saisie(**body))
    return _envoi(message.envoi), 201, {"Location": f"/cdap/v1/messages/{message.envoi.id}"}


def lire_message(message: str, acces: Acces, travail: Travail[Depots]) -> Any:
    """A message of one's own, with its state."""
    lu = relire(travail, acces, message)
    return _envoi(lu.envoi) | _saisie(lu)


def _envoi(envoi: Envoi) -> dict[str, Any]:
    return {
        "id": envoi.id,
        "etat": envoi.etat,
        "demande_a": instant(envoi.demande_a),
        "remis_a": envoi.remis_a and instant(envoi.remis_a),
        "empreinte": envoi.empreinte,
    }


def _saisie(message: Message) -> dict[str, Any]:
    saisie = message.saisie
    return {
        "organisme": saisie.organisme,
        "nom": saisie.nom,
        "courriel": saisie.courriel,
        "numero_allocataire": saisie.numero_allocataire,
        "message": saisie.message,
    }
