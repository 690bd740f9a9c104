"""Workers that die at their start are replaced after pauses that grow; the service then serves by itself."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from atelier.maison import port_libre

BORNE_S = 90
PROGRAMME = """
import sys
from pathlib import Path
from socle import journaux, production
dossier, port = Path(sys.argv[1]), int(sys.argv[2])

async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
    else:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

def fabriquer():
    with (dossier / "essais").open("a") as essais:
        essais.write(".")
    if not (dossier / "remede").exists():
        raise RuntimeError("rien ne va")
    return application

journaux.ouvrir("essai")
production.servir(fabriquer, "127.0.0.1", port, 2, 0.0)
"""


@pytest.mark.timeout(5 * BORNE_S)
def test_un_ouvrier_qui_meurt_a_son_demarrage_n_est_pas_relance_sans_fin(tmp_path: Path) -> None:
    port, essais = port_libre(), tmp_path / "essais"
    commande = [sys.executable, "-W", "ignore", "-c", PROGRAMME, str(tmp_path), str(port)]
    lance = subprocess.Popen(commande, env=os.environ | {"MCP_VAR": str(tmp_path)}, stderr=subprocess.PIPE, text=True)
    try:
        _attendre(lambda: essais.exists() and len(essais.read_text()) >= 3)
        debut, deja = time.monotonic(), len(essais.read_text())
        _attendre(lambda: len(essais.read_text()) >= deja + 2)
        assert time.monotonic() - debut >= 2, "it spins"
        (tmp_path / "remede").touch()
        _attendre(lambda: _sert(port))
    finally:
        lance.terminate()
        _, dit = lance.communicate(timeout=BORNE_S)
    assert "rien ne va" not in dit, "the text of an error is never said"
    assert dit.count("un ouvrier est mort à son démarrage") >= 3


def _sert(port: int) -> bool:
    try:
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=BORNE_S).read() == b"ok")
    except OSError:
        return False


def _attendre(condition) -> None:
    fin = time.monotonic() + BORNE_S
    while not condition():
        assert time.monotonic() < fin, "not in time"
        time.sleep(0.05)
