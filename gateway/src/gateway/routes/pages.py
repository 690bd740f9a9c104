"""The gateway's own pages: the merged contract and its reader, whole in memory, nothing from elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import orjson
from swagger_ui_bundle import swagger_ui_path

from gateway.domain.messages import Reponse
from gateway.domain.table import Table

STATIQUES = {
    "docs.js": "text/javascript; charset=utf-8",
    "docs.css": "text/css; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}
CSP = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    b"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page, ready to be sent; `nom` is what metrics and logs call it."""

    nom: str
    reponse: Reponse


def inscrire_pages(table: Table[Any], contrat: Mapping[str, Any]) -> None:
    """Put the pages in the table. Raises RoutesEnConflit, and OSError where a file is missing."""
    propres = files("gateway.routes") / "statique"
    contenu = orjson.dumps(contrat)
    table.ajouter("GET", "/openapi.json", _page("gateway.openapi", "application/json", contenu, b"no-cache"))
    html = (propres / "docs.html").read_bytes()
    table.ajouter("GET", "/docs", _page("gateway.docs", "text/html; charset=utf-8", html, b"no-cache"))
    for nom, mime in STATIQUES.items():
        dossier = propres if nom.startswith("docs.") else swagger_ui_path
        page = _page("gateway.statique", mime, (dossier / nom).read_bytes(), b"public, max-age=3600")
        table.ajouter("GET", f"/docs/{nom}", page)


def _page(nom: str, mime: str, contenu: bytes, cache: bytes) -> Page:
    entetes = [(b"content-type", mime.encode()), (b"cache-control", cache), (b"content-security-policy", CSP)]
    return Page(nom, Reponse(200, entetes, contenu))
