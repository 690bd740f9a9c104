"""What the tests of this folder read in the contracts: operations, their requests, answers and examples."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from openapi_schema_validator import OAS30Validator

import contracts
from contracts.lecture import VERBES, suivre

JSON, FORMULAIRE = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Exemple:
    """An answer example."""

    statut: int
    valeur: Any
    resume: str = ""


@dataclass(frozen=True)
class Operation:
    """An operation of a contract, with what it refers to at hand."""

    service: str
    acte: str
    methode: str
    gabarit: str
    objet: Mapping[str, Any]

    @property
    def nom(self) -> str:
        """As the merged contract names it."""
        return f"{self.service}.{self.acte}"

    @property
    def parametres(self) -> list[dict[str, Any]]:
        """Its parameters, references followed."""
        return [suivre(_contrat(self.service), lu) for lu in self.objet.get("parameters", ())]

    @property
    def requetes(self) -> dict[str, Any]:
        """Its request examples, by name."""
        contenu = self.objet.get("requestBody", {}).get("content", {})
        return {nom: lu["value"] for media in contenu.values() for nom, lu in media.get("examples", {}).items()}

    @property
    def type_de_corps(self) -> str | None:
        """The media type of its body."""
        return next(iter(self.objet.get("requestBody", {}).get("content", {})), None)

    @property
    def ignore_l_inconnu(self) -> bool:
        """Whether it takes what it does not know: OAuth says so of its own (RFC 6749, 3.1 and 3.2)."""
        return self.type_de_corps == FORMULAIRE or any(lu["name"] == "autres" for lu in self.parametres)

    @property
    def refuse_quelque_chose(self) -> bool:
        """Whether its contract forbids any request at all: paths of plain words, and forms without a field that must
        be there, can say nothing wrong."""
        if self.type_de_corps:
            schema = suivre(_contrat(self.service), self.objet["requestBody"]["content"][self.type_de_corps]["schema"])
            return self.type_de_corps == JSON or bool(schema.get("required"))
        return any(lu["in"] != "path" or lu["schema"] != {"type": "string"} for lu in self.parametres)

    @property
    def succes(self) -> dict[int, dict[str, Any]]:
        """Its answers that are no refusal, by status."""
        contrat = _contrat(self.service)
        return {int(s): suivre(contrat, r) for s, r in self.objet["responses"].items() if s < "4"}

    @property
    def reponses(self) -> dict[str, Exemple]:
        """The examples of its answers that are no refusal, by name."""
        return {
            nom: Exemple(statut, lu["value"], lu.get("summary", ""))
            for statut, reponse in self.succes.items()
            for media in reponse.get("content", {}).values()
            for nom, lu in media.get("examples", {}).items()
        }

    @property
    def sans_exemple(self) -> list[int]:
        """The statuses of its answers that have no example."""
        return [statut for statut in self.succes if statut not in {e.statut for e in self.reponses.values()}]

    def exiger_requete(self, corps: Any) -> None:
        """Raises ValidationError for a body that the contract does not allow."""
        for media in self.objet.get("requestBody", {}).get("content", {}).values():
            self._exiger(media["schema"], corps)

    def exiger_reponse(self, statut: int, corps: Any) -> None:
        """Raises ValidationError for a JSON answer that the contract does not allow, KeyError for its status."""
        reponse = suivre(_contrat(self.service), self.objet["responses"][str(statut)])
        self._exiger(reponse["content"][JSON]["schema"], corps)

    def _exiger(self, schema: Mapping[str, Any], valeur: Any) -> None:
        OAS30Validator({**schema, "components": _contrat(self.service)["components"]}).validate(valeur)


@cache
def operations(service: str) -> dict[str, Operation]:
    """The operations of one contract, by operationId; those of all services are the contract `commun`."""
    return {
        operation["operationId"]: Operation(service, operation["operationId"], verbe.upper(), chemin, operation)
        for chemin, porteur in _contrat(service)["paths"].items()
        for verbe, operation in porteur.items()
        if verbe in VERBES
    }


def trouver(service: str, methode: str, cible: str) -> Operation | None:
    """The operation that a request line names, the plainest path first."""
    chemin = urlsplit(cible).path
    possibles = [
        operation
        for operation in (*operations(service).values(), *operations("commun").values())
        if operation.methode == methode and re.fullmatch(re.sub(r"{\w+}", "[^/]+", operation.gabarit), chemin)
    ]
    return min(possibles, key=lambda operation: operation.gabarit.count("{"), default=None)


def formes(valeur: Any, ou: str = "") -> Iterator[str]:
    """The form of a JSON value: each place that something stands in, and of what type. `null` has every type."""
    if isinstance(valeur, dict):
        yield f"{ou}: objet"
        for nom, membre in valeur.items():
            yield from formes(membre, f"{ou}.{nom}")
    elif isinstance(valeur, list):
        yield f"{ou}: liste"
        for element in valeur:
            yield from formes(element, f"{ou}[]")
    elif valeur is None:
        yield f"{ou}: rien"
    else:
        yield f"{ou}: {'texte' if isinstance(valeur, str) else 'logique' if isinstance(valeur, bool) else 'nombre'}"


def ecarts(exemple: Any, reel: Any) -> set[str]:
    """Where the form of an answer is not that of its example. What is `null`, or an empty list, on one side says
    nothing of what would stand there."""
    dit, fait = set(formes(exemple)), set(formes(reel))
    muets = {place.rpartition(": ")[0] for place in dit ^ fait if place.endswith(": rien")}
    muets |= {f"{place.rpartition(': ')[0]}[]" for place in dit & fait if place.endswith(": liste")
              if not any(autre.startswith(f"{place.rpartition(': ')[0]}[]") for autre in dit)
              or not any(autre.startswith(f"{place.rpartition(': ')[0]}[]") for autre in fait)}  # fmt: skip
    return {
        place
        for place in dit ^ fait
        if not any(place.startswith((f"{muet}:", f"{muet}.", f"{muet}[")) for muet in muets)
    }


@cache
def _contrat(service: str) -> dict[str, Any]:
    return contracts.openapi(service)
