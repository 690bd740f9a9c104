"""The contracts, read once at start. One that cannot be read is a refusal to start."""

from typing import Any

import contracts
from contracts.lecture import VERBES
from gateway.domain.entetes import JSON, Passage
from gateway.domain.table import Table
from gateway.usecases.operation import Operation
from socle.regles import Regle, lire

Contrats = dict[str, dict[str, Any]]


def lire_contrats() -> Contrats:
    """The contract of every service, by its name."""
    return {service: contracts.openapi(service) for service in contracts.SERVICES}


def inscrire_operations(contrats: Contrats, table: Table[Any], delai_s: float) -> None:
    """Put every public operation in the table; the paths of internal ones are reserved, so that no template of
    another operation answers there.

    Raises RegleInvalide, GabaritInvalide or RoutesEnConflit; ValueError where `x-passage` is not a known word.
    """
    for service, contrat in contrats.items():
        for chemin, porteur in contrat["paths"].items():
            for verbe in VERBES:
                if verbe not in porteur:
                    continue
                regle = lire(porteur[verbe], contracts.evenements())
                if regle.porte == "passerelle":
                    table.ajouter(verbe.upper(), chemin, _operation(service, porteur[verbe], regle, delai_s))
                else:
                    table.reserver(chemin)


def _operation(service: str, lue: dict[str, Any], regle: Regle, delai_s: float) -> Operation:
    types = frozenset(mime.encode() for mime in lue.get("requestBody", {}).get("content", ())) or frozenset({JSON})
    passage = Passage(lue.get("x-passage", Passage.ORDINAIRE))
    delai_s = float(lue.get("x-delai", delai_s))
    return Operation(service, lue["operationId"], regle, delai_s, types=types, passage=passage)
