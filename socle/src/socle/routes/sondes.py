"""Probes: alive, ready, version, metrics."""

from typing import Any

import flask
import orjson

from socle.causes import dire
from socle.mesures import Exposition
from socle.problemes import MIME, Probleme
from socle.sante import Sante


def vie(sante: Sante) -> Any:
    """The process answers."""
    return {"service": sante.service, "etat": "en vie"}


def pret(sante: Sante) -> Any:
    """The service can do its work, or why not."""
    causes = list(sante.causes())
    etat = {"service": sante.service, "etat": "pas pret" if causes else "pret", "causes": causes}
    if not causes:
        return etat
    probleme = Probleme("service-indisponible").document() | {"detail": dire(causes)} | etat
    return flask.Response(orjson.dumps(probleme), 503, {"Cache-Control": "no-store", "Retry-After": "2"}, mimetype=MIME)


def version(sante: Sante) -> Any:
    """Name and version."""
    return {"service": sante.service, "etat": "en vie", "version": sante.version}


def mesurer(exposition: Exposition) -> Any:
    """Metrics, as text."""
    return flask.Response(exposition.texte(), mimetype="text/plain")
