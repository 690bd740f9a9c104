"""The same through the public door of the running house, from the merged contract that it serves: no 5xx, no answer
that the contract does not announce, nobody served without a token."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import jwt
import pytest
import requests
from contrat_lu import Operation, operations
from schemathesis import Case, GenerationMode
from schemathesis.transport.requests import REQUESTS_TRANSPORT
from tirages import EXEMPLES, MODES, controles, jouer, sans_jeton, schema

from atelier import Signataire
from atelier.maison import Maison
from contracts.lecture import VERBES

UNE_LECTURE = re.compile(r"[A-Za-z0-9._~-]+")
PERSONNES = {
    "groupe:cdap": lambda maison: maison.compte("T1"),
    "role:caf:referent": lambda maison: maison.compte_de_role("caf:referent"),
    "role:caf:controleur": lambda maison: maison.compte_de_role("caf:controleur"),
    "role:caf:superviseur": lambda maison: maison.compte_de_role("caf:superviseur"),
    "administrateur": lambda maison: next(c for c in maison.demo["comptes"] if c["qui"].startswith("Administrateur")),
    "authentifie": lambda maison: maison.compte("T5"),
}
SUR_SOI = {"identity.sessions.fermer", "identity.sessions.fermer_une"}
"""They end the session whose token they are asked with: each has one of its own."""


class Entree:
    """Everything that is drawn for the house goes through here."""

    def __init__(self, maison: Maison) -> None:
        self.maison = maison
        self.contrat: dict[str, Any] = maison.client().get("/openapi.json").json()
        self.schema = schema(self.contrat)
        self._web = requests.Session()
        self._web.trust_env = False
        pem = min((maison.coffre / "cles").glob("*.pem"))
        self._signataire = Signataire(pem)
        self._claims = {mot: lire_claims(maison, trouver(maison)) for mot, trouver in PERSONNES.items()}

    def jeton(self, qui: list[str], *, neuf: bool) -> str | None:
        """A token with the claims that the first persona who may had at login, in the order of the rule; None where
        nobody needs one. Signed here: what is drawn may close her account, and must not close the test."""
        mot = next((mot for mot in qui if mot in PERSONNES), None)
        if mot is None:
            assert "public" in qui, f"nobody in the demonstration for {qui}"
            return None
        claims = self._claims[mot] | ({"sid": str(uuid4())} if neuf else {}) | {"droits": 2**31}
        return self._signataire.signer(claims)

    def frapper(self, operation: Operation, jeton: str | None, case: Case) -> None:
        """Raises what a check finds."""
        entetes = {"Authorization": f"Bearer {jeton}"} if jeton else {}
        recue = self._demander(case, entetes)
        assert recue.status_code != 429, "the limits of the house are wider than this"
        case.validate_response(recue, checks=controles(operation), headers=entetes)
        if jeton:
            sans = self._demander(case, {})
            assert sans.status_code in sans_jeton(case, UNE_LECTURE), f"{operation.nom} without a token"

    def _demander(self, case: Case, entetes: dict[str, str]) -> Any:
        return REQUESTS_TRANSPORT.send(
            case, session=self._web, headers=entetes, base_url=self.maison.url, allow_redirects=False
        )


def lire_claims(maison: Maison, compte: dict[str, Any]) -> dict[str, Any]:
    """What the token of a login says, but for its times."""
    lus = jwt.decode(maison.client(compte).jeton, options={"verify_signature": False})
    return {nom: valeur for nom, valeur in lus.items() if nom not in ("iat", "exp", "jti")}


@pytest.fixture(scope="module")
def maison_a_part(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maison]:
    """What is drawn is really done, and no other test should find it: a house of its own, or the containers last."""
    if request.param == "composition":
        yield request.getfixturevalue("pile")
        return
    maison = Maison(tmp_path_factory.mktemp("tirages") / "var", dossiers=20).demarrer()
    yield maison
    maison.arreter()


@pytest.fixture(scope="module")
def entree(maison_a_part: Maison) -> Entree:
    """Its door."""
    return Entree(maison_a_part)


pytestmark = [pytest.mark.partout, pytest.mark.en_dernier]


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("service", ["identity", "habilitation", "cdap", "audit"])
def test_quoi_qu_on_demande_a_la_porte_la_reponse_est_annoncee(entree: Entree, service: str, mode: Any) -> None:
    for chemin, porteur in entree.contrat["paths"].items():
        for verbe in set(porteur) & set(VERBES):
            lue = porteur[verbe]
            if not lue["operationId"].startswith(f"{service}."):
                continue
            operation = operations(service)[lue["operationId"].removeprefix(f"{service}.")]
            if mode == GenerationMode.NEGATIVE and not operation.refuse_quelque_chose:
                continue
            jeton = entree.jeton(lue["x-acces"]["qui"], neuf=lue["operationId"] in SUR_SOI)
            tiree = entree.schema[chemin][verbe.upper()]
            jouer(tiree, mode, {}, partial(entree.frapper, operation, jeton), nombre=max(2, EXEMPLES // 3))
