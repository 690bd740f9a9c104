"""Whatever is asked of a service at its own door: no 5xx, no answer that its contract does not announce, nothing
accepted that it forbids, and nobody served without a token.

What schemathesis' own `ignored_auth` looks at is asked here of each request that is drawn, not only of those that
succeed: a request that the contract allows is 401 without a token, or with one that proves nothing. A malformed one
is 400 before anybody asks who sends it (ADR 11).
"""

import re
from functools import cache
from typing import Any

import pytest
from contrat_lu import Operation, operations
from etats import ETATS, Geste
from schemathesis import Case, GenerationMode
from schemathesis.python.asgi import get_client
from schemathesis.transport.requests import REQUESTS_TRANSPORT
from tirages import MODES, controles, jouer, sans_jeton, schema

import contracts

TOUTES = [operation for service in contracts.SERVICES for operation in operations(service).values()]
TOUTES += list(operations("commun").values())
FAUX_JETON = "Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJBQ0M3SzJNUSJ9."
SANS_CONTROLE = re.compile(r"[^\x00-\x1f\x7f]*")


@cache
def lu(service: str) -> Any:
    return schema(contracts.openapi(service))


class Porte:
    """The door of one service, knocked at with and without the token of who may."""

    def __init__(self, etat: Any, operation: Operation, geste: Geste) -> None:
        self._client = get_client(etat.banc.app)
        self._public = "public" in operation.objet["x-acces"]["qui"]
        jeton = geste.jeton or (geste.persona and etat.banc.signataire.signer(geste.persona.claims))
        self._controles = controles(operation)
        self._entetes = {"Authorization": f"Bearer {jeton}"} if jeton else {}

    def frapper(self, case: Case) -> None:
        """Raises what a check finds. A long poll is asked without its wait: there is nothing that would end it."""
        if isinstance((case.query or {}).get("attente"), int | float):
            case.query["attente"] = 0
        recue = self._demander(case, self._entetes)
        case.validate_response(recue, checks=self._controles, headers=self._entetes)
        if not self._public:
            for entetes in ({}, {"Authorization": FAUX_JETON}):
                sans = self._demander(case, entetes)
                assert sans.status_code in sans_jeton(case, SANS_CONTROLE), f"{sans.status_code} without a token"

    def _demander(self, case: Case, entetes: dict[str, str]) -> Any:
        return REQUESTS_TRANSPORT.send(
            case, session=self._client, headers=entetes, base_url="http://testserver", allow_redirects=False
        )


CAS = [
    pytest.param(operation, mode, id=f"{operation.nom}-{mode.name.lower()}")
    for operation in TOUTES
    for mode in MODES
    if mode == GenerationMode.POSITIVE or operation.refuse_quelque_chose
]


@pytest.mark.parametrize(("operation", "mode"), CAS)
def test_quoi_qu_on_demande_le_service_repond_comme_son_contrat(un_etat: Any, operation: Operation, mode: Any) -> None:
    etat = un_etat(operation.service if operation.service in ETATS else "cdap")
    geste = etat.geste(operation, next(iter(operation.reponses), "simple"))
    porte = Porte(etat, operation, geste)
    jouer(lu(operation.service).find_operation_by_id(operation.acte), mode, geste.parametres, porte.frapper)
