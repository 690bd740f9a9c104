"""The app of a service: Connexion's FlaskApp over its contract, each operation behind its rule.

Invariant (law 3): every operation of the contract is resolved, its rule read and its function wrapped before
the app exists; a fault in one of them is a refusal to start.
"""

import gc
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module
from typing import Any

import flask
from connexion import FlaskApp
from connexion.exceptions import ProblemException
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.resolver import Resolution, Resolver
from connexion.uri_parsing import OpenAPIURIParser
from starlette.exceptions import HTTPException

import contracts
from contracts.lecture import operations
from socle import problemes, traces, une_fois
from socle.corps import validateurs
from socle.operations import Porte
from socle.raccourci import Raccourci, chemin
from socle.regles import Regle, lire
from socle.sante import Guet
from socle.wsgi import UnSaut

COMMUN = "commun"
_CONTROLE = re.compile(r"[\x00-\x1f\x7f]")


class _Resolveur(Resolver):  # type: ignore[misc]
    """Gives Connexion the wrapped functions, which were made before it asks."""

    def __init__(self, fonctions: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__()
        self._fonctions = fonctions

    def resolve(self, operation: Any) -> Resolution:
        return Resolution(self._fonctions[operation.operation_id], operation.operation_id)


def construire(
    service: str, porte: Porte, threads: int, pressees: Sequence[str] = (), guet: Guet | None = None
) -> FlaskApp:
    """Build the ASGI app of a service from its own contract, if it has one, and `contracts/commun`; `pressees` are
    the operations that have the short way; while it is served, `guet` looks at its health.

    Raises RegleInvalide, SansRaccourci, ImportError or AttributeError where contract and code do not fit.
    """
    app = FlaskApp(service, lifespan=partial(_vivre, guet))
    saut, courts = UnSaut(app.app.wsgi_app, threads), []
    app._middleware_app.asgi_app = saut
    une_fois.poser(app._middleware_app)
    propres = [(service, f"{service}.routes")] if service in contracts.SERVICES else []
    for nom, paquet in (*propres, (COMMUN, "socle.routes")):
        document = contracts.openapi(nom)
        faites = {
            operation_id: porte.operation(operation_id, regle, _fonction(paquet, operation_id))
            for operation_id, regle in regles(document).items()
        }
        courts += [(chemin(document, presse), faites[presse]) for presse in pressees if presse in faites]
        app.add_api(
            _sans_security(document),
            resolver=_Resolveur({nom: faite.pour_flask() for nom, faite in faites.items()}),
            strict_validation=True,
            validator_map=validateurs(),
            uri_parser_class=une_fois.Gardes(OpenAPIURIParser),
            name=nom,
        )
    for classe in (ProblemException, HTTPException, Exception):
        app.add_error_handler(classe, _dire)
    app.app.before_request(_exiger_une_ligne)
    app.middleware.middlewares = [partial(Raccourci, fils=saut.fils, chemins=courts), *une_fois.COUCHES]
    _achever(app)
    return app


def _exiger_une_ligne() -> None:
    """A path with a line feed matches Flask's routes and none of Connexion's: nothing would have validated it."""
    if _CONTROLE.search(flask.request.path):
        flask.abort(404)


def _achever(app: FlaskApp) -> None:
    """Connexion builds its middlewares at the first call; of two first calls at once one was served half an app."""
    pile = app.middleware
    pile.app, pile.middleware_stack = pile._build_middleware_stack()


def regles(document: Mapping[str, Any]) -> dict[str, Regle]:
    """The rule of every operation of a contract, by operationId. Raises RegleInvalide."""
    return {operation["operationId"]: lire(operation, contracts.evenements()) for operation in operations(document)}


def _fonction(paquet: str, operation_id: str) -> Callable[..., Any]:
    module, _, nom = operation_id.rpartition(".")
    fonction: Callable[..., Any] = getattr(import_module(f"{paquet}.{module}"), nom)
    return fonction


def _sans_security(document: dict[str, Any]) -> dict[str, Any]:
    """Connexion ignores the roles of a bearer scheme: the wrapper enforces `x-acces`, nothing else does."""
    for operation in operations(document):
        operation.pop("security", None)
    return document


def _dire(requete: ConnexionRequest, faute: Exception) -> ConnexionResponse:
    probleme = problemes.depuis(faute, traces.courante(requete.headers.get("traceparent")))
    return ConnexionResponse(
        status_code=probleme.statut,
        mimetype=problemes.MIME,
        body=probleme.corps(),
        headers=probleme.entetes,
    )


@asynccontextmanager
async def _vivre(guet: Guet | None, _: Any) -> AsyncIterator[None]:
    """What was built at start is never garbage: freezing it takes the long pauses away."""
    gc.collect()
    gc.freeze()
    if guet is not None:
        guet.commencer()
    yield
    if guet is not None:
        guet.finir()
