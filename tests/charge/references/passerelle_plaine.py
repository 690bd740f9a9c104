"""The gateway of a plain stack: Flask, requests and PyJWT, under gunicorn with threads."""

import os
import threading
from pathlib import Path

import flask
import jwt
import requests

AMONT = os.environ["AMONT"]
CLE = Path(os.environ["CLE"]).read_text(encoding="ascii")
DU_SAUT = {"connection", "keep-alive", "transfer-encoding", "content-encoding", "content-length", "host"}

app = flask.Flask(__name__)
local = threading.local()


def session():
    """One for each thread, so that connections are used again."""
    if not hasattr(local, "session"):
        local.session = requests.Session()
        local.session.trust_env = False
    return local.session


@app.route("/<path:chemin>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def passer(chemin):
    """Verify the token, look at the groups, hand on."""
    demande = flask.request
    try:
        claims = jwt.decode(
            demande.headers.get("Authorization", "").removeprefix("Bearer "), CLE, algorithms=["RS256"], audience="mcp"
        )
    except jwt.PyJWTError:
        return {"title": "Jeton invalide"}, 401
    service = chemin.partition("/")[0]
    if not any(groupe["service"] == service for groupe in claims["groups"]):
        return {"title": "Accès refusé"}, 403
    recue = session().request(
        demande.method,
        f"{AMONT}/{chemin}",
        params=demande.query_string,
        headers={nom: valeur for nom, valeur in demande.headers if nom.lower() not in DU_SAUT},
        data=demande.get_data(),
        allow_redirects=False,
        timeout=8,
    )
    entetes = [(nom, valeur) for nom, valeur in recue.headers.items() if nom.lower() not in DU_SAUT]
    return flask.Response(recue.content, recue.status_code, entetes)
