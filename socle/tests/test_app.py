"""The app of a service is whole before its first request."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from starlette.testclient import TestClient

from socle.app import construire
from socle.cles import Trousseau
from socle.jetons import Verificateur
from socle.operations import Porte
from socle.sante import Sante

ENSEMBLE = 8


@pytest.fixture
def fils_presses() -> Iterator[None]:
    """Threads that take turns as often as they can: what can go wrong between two of them does."""
    avant = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(avant)


@pytest.mark.usefixtures("fils_presses")
def test_les_toutes_premieres_demandes_faites_ensemble_ont_toutes_leur_reponse(tmp_path, engine, travail):
    cles = Trousseau("http://127.0.0.1:9", tmp_path / "jwks.json")
    communes = {"engine": engine, "source": "essai", "sante": Sante("essai", "1", engine, cles)}
    porte = Porte(Verificateur(cles, "http://127.0.0.1:8000", "essai"), travail, communes)
    for _ in range(5):
        app, depart = construire("essai", porte, threads=ENSEMBLE), Barrier(ENSEMBLE)
        assert app.middleware.middleware_stack is not None

        def demander(_, app=app, depart=depart):
            client = TestClient(app, raise_server_exceptions=False)
            depart.wait()
            return client.get("/_vie").status_code

        with ThreadPoolExecutor(ENSEMBLE) as fils:
            assert set(fils.map(demander, range(ENSEMBLE))) == {200}


def test_un_chemin_de_deux_lignes_n_existe_pas(tmp_path, engine, travail):
    """Connexion's routes do not match it, Flask's do: it would be served without having been validated."""
    cles = Trousseau("http://127.0.0.1:9", tmp_path / "jwks.json")
    sante = Sante("cdap", "1", engine, cles)
    porte = Porte(
        Verificateur(cles, "http://127.0.0.1:8000", "cdap"),
        travail,
        {"engine": engine, "source": "cdap", "sante": sante},
    )
    client = TestClient(construire("cdap", porte, threads=1), raise_server_exceptions=False)
    recue = client.get("/cdap/v1/consultations/a%0Ab/rubriques/rsa")
    assert (recue.status_code, recue.json()["type"]) == (404, "urn:mcp:probleme:ressource-inconnue")
