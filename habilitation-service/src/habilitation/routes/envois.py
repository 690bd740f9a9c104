"""The headers of a change: `If-Match`, and `Idempotency-Key` with the print of the whole demand."""

import hashlib
from typing import Any

import flask
import orjson

from habilitation.domain.envois import Envoi
from socle.acces import Acces


def envoi(acces: Acces, body: Any = None) -> Envoi:
    """How this request was sent. Its print holds the operation, the path and the body, whatever its spacing."""
    demande = orjson.dumps([acces.acte, flask.request.path, body], option=orjson.OPT_SORT_KEYS)
    entetes = flask.request.headers
    return Envoi(entetes.get("If-Match"), entetes.get("Idempotency-Key"), hashlib.sha256(demande).hexdigest())
