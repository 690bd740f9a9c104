"""The extract of the accesses to a dossier, for the allocataire."""

from dataclasses import asdict
from typing import Any

import flask

from audit.domain.recherche import Dossier, borne
from audit.usecases.ports import Depots, Editeur
from audit.usecases.remettre_extrait import remettre_extrait
from socle.acces import Acces
from socle.travail import Travail


def etablir(body: dict[str, Any], acces: Acces, travail: Travail[Depots], editeur: Editeur) -> Any:
    """As JSON, or as the document that is handed over."""
    depuis, jusqu_a = borne("depuis", body.get("depuis")), borne("jusqu_a", body.get("jusqu_a"))
    dossier = Dossier(**body["dossier"])
    if body.get("format", "json") == "json":
        return remettre_extrait(travail, acces, dossier, depuis, jusqu_a, asdict)
    pdf = remettre_extrait(travail, acces, dossier, depuis, jusqu_a, editeur)
    reponse = flask.Response(pdf, mimetype="application/pdf")
    reponse.headers["Content-Disposition"] = 'attachment; filename="extrait.pdf"'
    reponse.headers["Cache-Control"] = "no-store"
    return reponse
