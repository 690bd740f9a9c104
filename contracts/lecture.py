"""Reading of the files of this package: one function for each kind of file."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

SERVICES = ("identity", "habilitation", "cdap", "audit")
VERBES = ("get", "post", "put", "patch", "delete")

_COMMUN = "../commun/openapi.yaml#"
_PROBLEME = "#/components/responses/Probleme"


def _lire(nom: str) -> Any:
    with (files("contracts") / nom).open(encoding="utf-8") as fichier:
        return yaml.load(fichier, Loader=yaml.CSafeLoader)


@cache
def problemes() -> Mapping[str, Mapping[str, Any]]:
    """Code of a problem type → `{statut, titre, detail?}`, in French."""
    lu: Mapping[str, Mapping[str, Any]] = _lire("problems.yaml")
    return lu


@cache
def evenements() -> Mapping[str, str]:
    """The closed list of event types, each with what it says in French."""
    lu: Mapping[str, str] = _lire("evenements.yaml")
    return lu


def openapi(service: str) -> dict[str, Any]:
    """Give the whole contract of a service: its own operations, or for `commun` those that all have.

    References to the common file are taken in; `security` is derived from `x-acces`: the rule is written once; and
    every operation announces 400, since a parameter that it does not name is refused everywhere. Raises
    FileNotFoundError for an unknown service.
    """
    return deepcopy(_entier(service))


@cache
def _entier(service: str) -> dict[str, Any]:
    contrat: dict[str, Any] = _lire(f"{service}/openapi.yaml")
    if service != "commun":
        _integrer(contrat, _lire("commun/openapi.yaml"))
    contrat.setdefault("components", {})["securitySchemes"] = {
        "jeton": {"type": "http", "scheme": "bearer", "bearerFormat": "at+jwt"}
    }
    for operation in operations(contrat):
        public = "public" in operation.get("x-acces", {}).get("qui", ())
        operation["security"] = [] if public else [{"jeton": []}]
        operation["responses"].setdefault("400", {"$ref": _PROBLEME})
    return contrat


def operations(contrat: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation object of a contract, in its order."""
    for chemin in contrat["paths"].values():
        for verbe in VERBES:
            if verbe in chemin:
                yield chemin[verbe]


def examples(service: str) -> Iterator[tuple[str, str, Any, Any]]:
    """Every example of a contract: (operationId, where, its schema, its value)."""
    contrat = _entier(service)
    for operation in operations(contrat):
        contenus = [("requete", operation.get("requestBody", {}))]
        contenus += [(str(statut), reponse) for statut, reponse in operation["responses"].items()]
        for ou, porteur in contenus:
            for media in suivre(contrat, porteur).get("content", {}).values():
                for exemple in media.get("examples", {}).values():
                    yield operation["operationId"], ou, media["schema"], exemple["value"]


def suivre(contrat: Mapping[str, Any], noeud: Any) -> Any:
    """The node itself, or what its local `$ref` names."""
    while isinstance(noeud, dict) and "$ref" in noeud:
        cible: Any = contrat
        for pas in noeud["$ref"].removeprefix("#/").split("/"):
            cible = cible[pas]
        noeud = cible
    return noeud


def _integrer(contrat: dict[str, Any], commun: dict[str, Any]) -> None:
    """Make references to the common file local, and take in what they name, transitively."""
    a_prendre: list[str] = []

    def localiser(noeud: Any, dans_commun: bool) -> None:
        if isinstance(noeud, dict):
            cible = noeud.get("$ref")
            if isinstance(cible, str) and (cible.startswith(_COMMUN) or dans_commun):
                noeud["$ref"] = "#" + cible.removeprefix(_COMMUN).removeprefix("#")
                a_prendre.append(noeud["$ref"])
            for enfant in noeud.values():
                localiser(enfant, dans_commun)
        elif isinstance(noeud, list):
            for enfant in noeud:
                localiser(enfant, dans_commun)

    localiser(contrat, dans_commun=False)
    while a_prendre:
        _, composants, genre, nom = a_prendre.pop().split("/")
        rayon = contrat.setdefault(composants, {}).setdefault(genre, {})
        if nom not in rayon:
            rayon[nom] = deepcopy(commun[composants][genre][nom])
            localiser(rayon[nom], dans_commun=True)
