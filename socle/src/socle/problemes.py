"""Every error becomes a problem (RFC 9457) here, and nowhere else.

Invariant: a problem never echoes what was typed; what we did not foresee is one opaque 500.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson
from connexion.exceptions import BadRequestProblem, ProblemException
from jsonschema import ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as AttenteBase
from starlette.exceptions import HTTPException

from contracts import problemes
from socle.refus import Refus
from socle.revision import dire

MIME = "application/problem+json"
_STATUTS = {401: "jeton-invalide", 403: "acces-refuse", 404: "ressource-inconnue", 405: "methode-inconnue",
            413: "trop-grand", 415: "type-non-accepte"}  # fmt: skip
_PARAMETRE = re.compile(r"parameter '([a-z_]+)'")
_MOTIFS = {
    "required": "Ce champ est obligatoire.",
    "additionalProperties": "Un champ n’est pas attendu.",
    "enum": "Cette valeur n’est pas dans la liste.",
    "maxLength": "Ce champ est trop long.",
    "minLength": "Ce champ est vide ou trop court.",
}
_MOTIF = "Ce champ n’a pas la forme attendue."
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Probleme:
    """A problem document, ready to be sent."""

    code: str
    instance: str | None = None
    erreurs: tuple[tuple[str, str], ...] = ()
    entetes: dict[str, str] = field(default_factory=dict)

    @property
    def statut(self) -> int:
        """The HTTP status of this type of problem."""
        return int(problemes()[self.code]["statut"])

    def corps(self) -> bytes:
        """The document, as JSON."""
        return orjson.dumps(self.document())

    def document(self) -> dict[str, Any]:
        """What it says."""
        wording = problemes()[self.code]
        document: dict[str, Any] = {
            "type": f"urn:mcp:probleme:{self.code}",
            "title": wording["titre"],
            "status": wording["statut"],
        }
        if "detail" in wording:
            document["detail"] = wording["detail"]
        if self.instance:
            document["instance"] = self.instance
        if self.erreurs:
            document["erreurs"] = [{"champ": champ, "motif": motif} for champ, motif in self.erreurs]
        return document


def depuis(faute: BaseException, instance: str | None) -> Probleme:
    """The problem that an exception is told as; `instance` is the trace id."""
    if isinstance(faute, Refus):
        recu = {"Audit-Receipt": faute.recu} if faute.recu else {}
        return _sous_entetes(Probleme(faute.code, instance, faute.erreurs, faute.entetes | recu))
    if isinstance(faute, BadRequestProblem):
        return Probleme("requete-invalide", instance, tuple(_erreurs(faute)))
    if isinstance(faute, ProblemException | HTTPException) and faute.status_code < 500:
        return _sous_entetes(Probleme(_STATUTS.get(faute.status_code, "requete-invalide"), instance))
    if isinstance(faute, DBAPIError | AttenteBase):
        if not dire(faute):
            logger.error("base indisponible", extra={"faute": faute.__class__.__name__, "trace": instance})
        return _sous_entetes(Probleme("service-indisponible", instance))
    logger.error("erreur interne", extra={"faute": _ou(faute), "trace": instance})
    return Probleme("erreur-interne", instance)


def _sous_entetes(probleme: Probleme) -> Probleme:
    if probleme.statut == 503:
        probleme.entetes.setdefault("Retry-After", "2")
    if probleme.statut == 401 and probleme.code != "identifiants-errones":
        probleme.entetes["WWW-Authenticate"] = (
            "Bearer" if probleme.code == "jeton-absent" else 'Bearer error="invalid_token"'
        )
    return probleme


def _erreurs(faute: BadRequestProblem) -> Iterator[tuple[str, str]]:
    """Name the fields of a validation error: names of the contract, never a value or a name that was typed."""
    origine = faute.__cause__ or faute.__context__
    if isinstance(origine, ValidationError):
        champ = ".".join(str(pas) for pas in origine.absolute_path)
        if origine.validator == "required":
            absents = [nom for nom in origine.validator_value if nom not in (origine.instance or {})]
            yield from ((".".join(filter(None, (champ, nom))), _MOTIFS["required"]) for nom in absents)
        else:
            yield champ, _MOTIFS.get(str(origine.validator), _MOTIF)
    elif nomme := _PARAMETRE.search(str(faute.detail or "")):
        yield nomme.group(1), _MOTIF


def _ou(faute: BaseException) -> str:
    """Class of the exception and the place that raised it: never its text, which may hold someone's data."""
    trace = faute.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return faute.__class__.__name__
    return f"{faute.__class__.__name__} ({trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno})"
