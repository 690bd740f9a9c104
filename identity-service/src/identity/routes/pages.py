"""The pages that identity shows to somebody who logs in: forms without script, under a strict policy.

Invariant: what was typed is escaped, and a password is never given back.
"""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import flask
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_DOSSIER = Path(__file__).parent / "gabarits"
_STYLE = (_DOSSIER / "style.css").read_text(encoding="utf-8").strip()
_EMPREINTE = b64encode(sha256(_STYLE.encode()).digest()).decode()
_GABARITS = Environment(loader=FileSystemLoader(_DOSSIER), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
_GABARITS.globals["style"] = Markup(_STYLE)  # noqa: S704 -- a file of ours
CONNEXION, MOT_DE_PASSE, SORTIE, MESSAGE = "connexion.html", "mot_de_passe.html", "sortie.html", "page.html"


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says. `vers` is the origin to which its form leads in the end: the policy must allow that too."""

    titre: str
    erreur: str | None = None
    avis: str | None = None
    client: str = ""
    formulaire: str | None = None
    identifiant: str = ""
    vers: str = ""


def rendre(gabarit: str, page: Page, statut: int = 200) -> flask.Response:
    """The page, as an answer that nobody keeps and nobody frames."""
    reponse = flask.Response(_GABARITS.get_template(gabarit).render(page=page), statut, mimetype="text/html")
    cible = f"'self' {page.vers}".rstrip() if page.formulaire else "'none'"
    reponse.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{_EMPREINTE}'; form-action {cible}; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    reponse.headers["Cache-Control"] = "no-store"
    return reponse
