"""What Connexion makes anew at each request, made once for each operation, by its own extension points.

Invariant: what is kept depends on the contract alone, is made with what Connexion would have given it, and nothing
of a request stays in it.
"""

from collections.abc import Callable
from typing import Any

from connexion.apps.flask import FlaskApi, FlaskASGIApp, FlaskOperation
from connexion.decorators import FlaskDecorator
from connexion.frameworks.flask import Flask
from connexion.middleware.context import ContextMiddleware
from connexion.middleware.exceptions import ExceptionMiddleware
from connexion.middleware.lifespan import LifespanMiddleware
from connexion.middleware.request_validation import RequestValidationMiddleware
from connexion.middleware.routing import RoutingMiddleware
from connexion.middleware.server_error import ServerErrorMiddleware
from connexion.operations import AbstractOperation

COUCHES = [
    ServerErrorMiddleware,
    ExceptionMiddleware,
    RoutingMiddleware,
    RequestValidationMiddleware,
    LifespanMiddleware,
    ContextMiddleware,
]
"""Connexion's middlewares without those that have nothing to do here: its page, its security (ADR 9), and the
validation of answers, which the tests do."""


class Gardes:
    """Makes a thing for a contract's list of parameters, or gives the one that it made before."""

    def __init__(self, fabriquer: Callable[..., Any]) -> None:
        self._fabriquer = fabriquer
        self._faits: dict[int, tuple[Any, Any]] = {}

    def __call__(self, parametres: Any, *arguments: Any, **options: Any) -> Any:
        """What was made for this very list, which is kept so that no other can take its place in memory."""
        fait = self._faits.get(id(parametres))
        if fait is None:
            fait = self._faits[id(parametres)] = (parametres, self._fabriquer(parametres, *arguments, **options))
        return fait[1]


class OperationFlask(FlaskOperation):  # type: ignore[misc]
    """The function of an operation, decorated once: Connexion reads its signature again at each request."""

    def __init__(self, fonction: Callable[..., Any], operation: AbstractOperation, api: FlaskApi) -> None:
        super().__init__(fonction, api.jsonifier, operation.operation_id, api.pythonic_params)
        decorateur = FlaskDecorator(pythonic_params=api.pythonic_params, jsonifier=api.jsonifier)
        self._decoree = decorateur.decorate(fonction)
        self._lecteur = operation.uri_parser_class(operation.parameters, operation.body_definition())

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Flask's arguments are not used: Connexion reads them from the request."""
        return self._decoree(Flask.get_request(uri_parser=self._lecteur))


class ApiFlask(FlaskApi):  # type: ignore[misc]
    """An API whose operations are made by us."""

    def make_operation(self, operation: AbstractOperation) -> OperationFlask:
        """Called once for each operation, at the start."""
        return OperationFlask(operation.function, operation, self)


def poser(application: FlaskASGIApp) -> None:
    """Have this application make its APIs so."""

    def add_api(specification: Any, *, name: str | None = None, **options: Any) -> ApiFlask:
        api = ApiFlask(specification, **options)
        application.app.register_blueprint(api.blueprint, **({"name": name} if name is not None else {}))
        return api

    application.add_api = add_api
