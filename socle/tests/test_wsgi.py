"""Flask behind ASGI: one whole answer, or one piece after another, and nothing left open."""

import threading

import pytest
from starlette.testclient import TestClient

from socle.wsgi import UnSaut


class Rendu:
    """What a WSGI application gives: pieces, and to be closed."""

    def __init__(self, *morceaux):
        self.morceaux, self.ferme = iter(morceaux), False

    def __iter__(self):
        return self.morceaux

    def close(self):
        self.ferme = True


@pytest.mark.parametrize("morceaux", [(), (b"un",), (b"un", b"deux"), (b"un", b"", b"deux", b"trois")])
def test_tous_les_morceaux_arrivent_dans_l_ordre_et_ce_qui_est_rendu_est_ferme(morceaux):
    rendu = Rendu(*morceaux)

    def application(environ, start_response):
        start_response("201 Created", [("X-Essai", environ["PATH_INFO"])])
        return rendu

    reponse = TestClient(UnSaut(application, 2)).get("/ici")
    assert (reponse.status_code, reponse.headers["x-essai"]) == (201, "/ici")
    assert (reponse.content, rendu.ferme) == (b"".join(morceaux), True)


def test_le_corps_de_la_demande_est_lu_du_fil_qui_la_sert():
    def application(environ, start_response):
        start_response("200 OK", [("X-Fil", threading.current_thread().name)])
        return [environ["wsgi.input"].read()]

    reponse = TestClient(UnSaut(application, 2)).post("/", content=b"a" * 100_000)
    assert (len(reponse.content), reponse.headers["x-fil"][:4]) == (100_000, "wsgi")


def test_une_faute_remonte_et_ce_qui_est_rendu_est_ferme():
    def rates():
        yield b"un"
        raise ValueError

    rendu = Rendu()
    rendu.morceaux = rates()

    def application(_, start_response):
        start_response("200 OK", [])
        return rendu

    with pytest.raises(ValueError):
        TestClient(UnSaut(application, 1)).get("/")
    assert rendu.ferme
