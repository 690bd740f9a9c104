"""The contracts, read once at start. One that cannot be read is a refusal to start."""

from typing import Any

import contracts
from contracts.lecture import VERBES
from gateway.domain.table import Table
from gateway.usecases.operation import Operation
from socle.regles import lire

Contrats = dict[str, dict[str, Any]]


def lire_contrats() -> Contrats:
    """The contract of every service, by its name."""
    return {service: contracts.openapi(service) for service in contracts.SERVICES}


def inscrire_operations(contrats: Contrats, table: Table[Any], delai_s: float) -> None:
    """Put every public operation in the table; the paths of internal ones are reserved, so that no template of
    another operation answers there.

    Raises RegleInvalide, GabaritInvalide or RoutesEnConflit.
    """
    for service, contrat in contrats.items():
        for chemin, porteur in contrat["paths"].items():
            for verbe in VERBES:
                if verbe not in porteur:
                    continue
                regle = lire(porteur[verbe], contracts.evenements())
                if regle.porte == "passerelle":
                    acte = porteur[verbe]["operationId"]
                    table.ajouter(verbe.upper(), chemin, Operation(service, acte, regle, delai_s))
                else:
                    table.reserver(chemin)
