"""The accounts: the double of the tests and the client of identity answer alike (law 6)."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from habilitation.adapters.comptes import VERIFIER, ComptesDIdentity
from socle.refus import VoisinIndisponible
from socle.voisins import Voisin

SIRET = "99900031800017"
COMPTES: dict[str, str | None] = {"ACC3MEMB": SIRET, "ACC3AGNT": None}


class Identity(BaseHTTPRequestHandler):
    """As much of identity as `internes.verifier_compte` is."""

    reponse: tuple[int, Any] | None = None

    def do_POST(self) -> None:
        demande = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == VERIFIER and self.headers["Authorization"] == "Bearer jeton-de-service"
        connu = demande["identifiant"] in COMPTES
        statut, corps = self.reponse or (200 if connu else 404, {"partenaire": COMPTES.get(demande["identifiant"])})
        octets = json.dumps(corps).encode()
        self.send_response(statut)
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def identity() -> Iterator[Any]:
    """The handler of a server that runs, with its own answer when one is set."""
    handler: Any = type("IdentityDeLEssai", (Identity,), {})
    serveur = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=serveur.serve_forever, args=(0.02,), daemon=True).start()
    handler.url = f"http://127.0.0.1:{serveur.server_port}"
    yield handler
    serveur.shutdown()
    serveur.server_close()


def le_client(url: str) -> ComptesDIdentity:
    return ComptesDIdentity(Voisin("identity", url, lambda cible: "jeton-de-service"))


@pytest.fixture(params=["identity", "double"])
def comptes(request: pytest.FixtureRequest) -> Any:
    """One of the two, with the same accounts."""
    if request.param == "identity":
        return le_client(request.getfixturevalue("identity").url)
    maison = request.getfixturevalue("maison")
    maison.comptes.partenaires = dict(COMPTES)
    return maison.comptes


def test_un_compte_connu_donne_son_partenaire(comptes: Any) -> None:
    assert comptes.partenaire_de("ACC3MEMB", None) == SIRET


def test_un_agent_et_un_inconnu_n_ont_pas_de_partenaire(comptes: Any) -> None:
    assert comptes.partenaire_de("ACC3AGNT", "0" * 32) is None
    assert comptes.partenaire_de("ACC9ZZZZ", None) is None


def test_identity_absente_est_dite_indisponible(maison: Any) -> None:
    maison.comptes.en_panne = True
    for comptes in (le_client("http://127.0.0.1:9"), maison.comptes):
        with pytest.raises(VoisinIndisponible):
            comptes.partenaire_de("ACC3MEMB", None)


@pytest.mark.parametrize("reponse", [(500, {}), (403, {}), (200, []), (200, {"autre": 1})])
def test_une_reponse_que_l_on_ne_comprend_pas_n_accorde_rien(identity: Any, reponse: Any) -> None:
    identity.reponse = reponse
    with pytest.raises(VoisinIndisponible):
        le_client(identity.url).partenaire_de("ACC3MEMB", None)
