"""The merged contract: every public operation of every service, in one OpenAPI 3.0.3 document.

Invariant: an internal operation, and a component that only internal operations use, is not in it.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

Contrat = Mapping[str, Any]
VERBES = ("get", "post", "put", "patch", "delete")
_PROBLEME = "#/components/responses/Probleme"


def fusionner(contrats: Mapping[str, Contrat], commun: Contrat) -> dict[str, Any]:
    """Merge the contracts, by service. A component keeps its name if it is that of `commun`; the others are
    prefixed by their service, as operationIds and tags are."""
    document: dict[str, Any] = {
        "openapi": "3.0.3",
        "info": {
            "title": "Mon Compte Partenaire",
            "version": "1",
            "description": "Tout ce que la passerelle sert. Chaque accès laisse un événement au journal ; la réponse "
            "en porte l’identifiant (Audit-Receipt).",
        },
        "servers": [{"url": "/"}],
        "tags": [],
        "paths": {},
        "components": {},
    }
    for service, contrat in contrats.items():
        _Apport(service, contrat, commun, document).ajouter()
    return document


class _Apport:
    """What one service brings to the document."""

    def __init__(self, service: str, contrat: Contrat, commun: Contrat, document: dict[str, Any]) -> None:
        self._service = service
        self._contrat = contrat
        self._commun = commun
        self._document = document

    def ajouter(self) -> None:
        """Bring the public operations, and the components that they use."""
        for chemin, porteur in self._contrat["paths"].items():
            for verbe in VERBES:
                if porteur.get(verbe, {}).get("x-acces", {}).get("porte") == "passerelle":
                    partages = porteur.get("parameters", [])
                    self._document["paths"].setdefault(chemin, {})[verbe] = self._operation(
                        chemin, porteur[verbe], partages
                    )
        self._document["components"].setdefault("securitySchemes", {}).update(
            self._contrat["components"]["securitySchemes"]
        )

    def _operation(self, chemin: str, lue: Mapping[str, Any], partages: list[Any]) -> dict[str, Any]:
        operation: dict[str, Any] = deepcopy(dict(lue))
        operation["operationId"] = f"{self._service}.{lue['operationId']}"
        operation["tags"] = [f"{self._service} : {tag}" for tag in lue.get("tags", [])]
        for tag in operation["tags"]:
            if {"name": tag} not in self._document["tags"]:
                self._document["tags"].append({"name": tag})
        if partages:
            operation["parameters"] = [*deepcopy(partages), *operation.get("parameters", [])]
        for statut in _de_la_porte(chemin, operation):
            operation["responses"].setdefault(statut, {"$ref": _PROBLEME})
        self._localiser(operation)
        return operation

    def _localiser(self, noeud: Any) -> None:
        """Give the references under this node their names in the document, and bring what they name."""
        for porteur in _references(noeud):
            _, _, genre, nom = porteur["$ref"].split("/")
            nouveau = self._nom(genre, nom)
            porteur["$ref"] = f"#/components/{genre}/{nouveau}"
            rayon = self._document["components"].setdefault(genre, {})
            if nouveau not in rayon:
                rayon[nouveau] = deepcopy(self._source(genre, nom))
                self._localiser(rayon[nouveau])

    def _nom(self, genre: str, nom: str) -> str:
        commun = self._commun["components"].get(genre, {}).get(nom)
        return nom if commun is not None and commun == self._source(genre, nom) else f"{self._service}_{nom}"

    def _source(self, genre: str, nom: str) -> Any:
        propre = self._contrat["components"].get(genre, {})
        return propre[nom] if nom in propre else self._commun["components"][genre][nom]


def _de_la_porte(chemin: str, operation: Mapping[str, Any]) -> Iterator[str]:
    """The statuses that the gateway itself may answer for an operation, beside those of its service."""
    yield from ("400", "429", "503")
    if operation.get("security"):
        yield from ("401", "403")
    if "requestBody" in operation:
        yield from ("413", "415")
    if "{" in chemin:
        yield "404"


def _references(noeud: Any) -> Iterator[dict[str, Any]]:
    """Every object of a tree that is a reference."""
    if isinstance(noeud, dict):
        if isinstance(noeud.get("$ref"), str):
            yield noeud
        for enfant in noeud.values():
            yield from _references(enfant)
    elif isinstance(noeud, list):
        for enfant in noeud:
            yield from _references(enfant)
