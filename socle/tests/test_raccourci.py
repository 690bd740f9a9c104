"""The short way takes what is surely right, and nothing else."""

import re

import pytest
from starlette.testclient import TestClient

import contracts
from socle.fils import Fils
from socle.operations import Operation, Reponse
from socle.raccourci import Raccourci, SansRaccourci, chemin

CHEMIN = re.compile("/dossiers/(?P<cle>[A-Za-z0-9._~-]+)")
ICI = "/dossiers/ab-c.1"


def _repondre(entetes, pair, arguments):
    dits = {"Content-Type": "text/plain", "Lu": entetes.get("X-Essai") or "", "Absent": str(entetes.get("X-Absent"))}
    return Reponse(f"{arguments['cle']} {pair}".encode(), 203, dits)


async def _long(scope, receive, send):
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b"par la longue"})


@pytest.fixture
def client():
    operation = Operation(_repondre, None, _repondre)
    return TestClient(Raccourci(_long, Fils(2), [(CHEMIN, operation)]), client=("192.0.2.7", 4))


def test_une_demande_simple_est_servie_tout_droit(client):
    reponse = client.get(ICI, headers={"X-ESSAI": "ok"})
    assert (reponse.status_code, reponse.text) == (203, "ab-c.1 192.0.2.7")
    assert (reponse.headers["content-length"], reponse.headers["content-type"]) == ("16", "text/plain")
    assert (reponse.headers["lu"], reponse.headers["absent"]) == ("ok", "None")


@pytest.mark.parametrize(
    ("methode", "adresse", "entetes"),
    [
        ("POST", ICI, []),
        ("HEAD", ICI, []),
        ("GET", ICI + "?vue=mois", []),
        ("GET", ICI + "/", []),
        ("GET", "/dossiers/a%0Ab", []),
        ("GET", "/dossiers/a%20b", []),
        ("GET", "/dossiers/%C3%A9", []),
        ("GET", "/dossiers/", []),
        ("GET", "/ailleurs", []),
        ("GET", ICI, [("X-Essai", "1"), ("X-Essai", "2")]),
        ("GET", ICI, [("X_Essai", "1")]),
        ("GET", ICI, [("Content-Type", "application/json")]),
        ("GET", ICI, [("Content-Length", "0")]),
        ("GET", ICI, [("Transfer-Encoding", "chunked")]),
    ],
)
def test_tout_le_reste_prend_la_longue_route(client, methode, adresse, entetes):
    assert client.request(methode, adresse, headers=entetes).status_code == 299


def test_le_chemin_d_une_operation_dit_tout_ce_que_son_contrat_permet():
    lire = chemin(contracts.openapi("cdap"), "consultations.lire_rubrique")
    assert lire.fullmatch("/cdap/v1/consultations/une-id/rubriques/rsa").groupdict() == {
        "consultation": "une-id",
        "rubrique": "rsa",
    }
    for autre in ("/cdap/v1/consultations/une-id/rubriques/rs", "/cdap/v1/consultations/a/b/rubriques/rsa"):
        assert lire.fullmatch(autre) is None


PARAMETRE = {"name": "cle", "in": "path", "required": True, "schema": {"type": "string"}}


@pytest.mark.parametrize(
    "parametres",
    [
        [PARAMETRE | {"schema": {"type": "string", "pattern": "^a$"}}],
        [PARAMETRE | {"schema": {"type": "integer"}}],
        [PARAMETRE, {"name": "q", "in": "query", "required": True, "schema": {"type": "string"}}],
        [PARAMETRE, {"name": "q", "in": "query", "schema": {"type": "string", "default": "a"}}],
        [PARAMETRE, {"name": "q", "in": "header", "schema": {"type": "string"}}],
    ],
)
def test_ce_que_le_chemin_ne_dit_pas_seul_n_a_pas_de_raccourci(parametres):
    document = {"paths": {"/a/{cle}": {"get": {"operationId": "lire", "parameters": parametres}}}}
    with pytest.raises(SansRaccourci):
        chemin(document, "lire")
    with pytest.raises(SansRaccourci):
        chemin(document, "autre")
