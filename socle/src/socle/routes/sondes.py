"""Probes: alive, ready, version, metrics."""

from typing import Any

import flask

from socle.mesures import Exposition
from socle.sante import Sante


def vie(sante: Sante) -> Any:
    """The process answers."""
    return {"service": sante.service, "etat": "en vie"}


def pret(sante: Sante) -> Any:
    """The service can do its work, or why not."""
    causes = list(sante.causes())
    etat = "pas pret" if causes else "pret"
    return {"service": sante.service, "etat": etat, "causes": causes}, 503 if causes else 200, {}


def version(sante: Sante) -> Any:
    """Name and version."""
    return {"service": sante.service, "etat": "en vie", "version": sante.version}


def mesurer(exposition: Exposition) -> Any:
    """Metrics, as text."""
    return flask.Response(exposition.texte(), mimetype="text/plain")
