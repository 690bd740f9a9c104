"""A service that is told to stop cuts nobody: real processes, keep-alive clients, SIGTERM in the middle (ADR 40)."""

import http.client
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from atelier.maison import RACINE, port_libre

CLIENTS = 6
BORNE_S = 90
DEPART_S = 4


class Habitue(threading.Thread):
    """A client that keeps its connection, and leaves for a new one only where the answer tells it to."""

    def __init__(self, port: int, chemin: str) -> None:
        super().__init__(daemon=True)
        self._port, self._chemin = port, chemin
        self.reponses = 0
        self.congedies = 0
        self.coupures: list[str] = []
        self.refuse_a: float | None = None
        self.fini = threading.Event()

    def run(self) -> None:
        lien: http.client.HTTPConnection | None = None
        while not self.fini.is_set():
            if lien is None:
                lien = http.client.HTTPConnection("127.0.0.1", self._port, timeout=BORNE_S)
                try:
                    lien.connect()
                except ConnectionRefusedError:
                    self.refuse_a = time.monotonic()
                    return
                except OSError as faute:
                    self.coupures.append(f"connexion : {faute!r}")
                    return
            try:
                lien.request("GET", self._chemin)
                reponse = lien.getresponse()
                corps = reponse.read()
            except (OSError, http.client.HTTPException) as faute:
                self.coupures.append(repr(faute))
                return
            if reponse.status != 200 or not corps:
                self.coupures.append(str(reponse.status))
                return
            self.reponses += 1
            if reponse.will_close:
                self.congedies += 1
                lien.close()
                lien = None


def attendre(condition, secondes: float = BORNE_S) -> None:
    fin = time.monotonic() + secondes
    while not condition():
        assert time.monotonic() < fin, "not in time"
        time.sleep(0.02)


def ecoute(port: int) -> bool:
    with socket.socket() as prise:
        return prise.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def service(tmp_path: Path):
    """Starts the `web` of a service with so many workers (0: without gunicorn); its process, and its port."""
    lances = []

    def lancer(nom: str, ouvriers: int) -> tuple[subprocess.Popen[bytes], int]:
        port = port_libre()
        env = os.environ | {
            "MCP_VAR": str(tmp_path),
            "MCP_BIND_PORT": str(port_libre() if nom == "gateway" else port),
            "MCP_PORT": str(port),
            "MCP_LIMITE_ADRESSE": "1000000",
            "MCP_OUVRIERS": str(ouvriers),
            "MCP_DEPART_S": str(DEPART_S),
            "MCP_URL_IDENTITY": "http://127.0.0.1:9",
        }
        commande = [sys.executable, "-W", "ignore", "-m", nom]
        subprocess.run([*commande, "migrate"], env=env, cwd=RACINE, check=True)
        with (tmp_path / "journal").open("wb") as journal:
            lances.append(subprocess.Popen([*commande, "web"], env=env, cwd=RACINE, stderr=journal))
        return lances[-1], port

    yield lancer
    for lance in lances:
        lance.kill()
        lance.wait()


@pytest.mark.timeout(4 * BORNE_S)
@pytest.mark.parametrize(
    ("nom", "chemin", "ouvriers"),
    [
        ("audit", "/_vie", 0),
        ("audit", "/_vie", 1),
        ("audit", "/_vie", 2),
        ("gateway", "/openapi.json", 0),
        ("gateway", "/openapi.json", 2),
    ],
)
def test_sigterm_ne_coupe_ni_ne_refuse_personne_avant_l_heure(service, nom, chemin, ouvriers):
    processus, port = service(nom, ouvriers)
    attendre(lambda: ecoute(port))
    clients = [Habitue(port, chemin) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    attendre(lambda: all(client.reponses >= 20 for client in clients) or any(c.coupures for c in clients))

    depart = time.monotonic()
    processus.send_signal(signal.SIGTERM)
    attendre(lambda: processus.poll() is not None)
    attendre(lambda: not any(client.is_alive() for client in clients))

    assert list(itertools.chain.from_iterable(client.coupures for client in clients)) == []
    assert all(client.congedies for client in clients), "nobody was told to leave"
    assert all(client.refuse_a is not None and client.refuse_a - depart >= DEPART_S for client in clients)


@pytest.mark.timeout(4 * BORNE_S)
def test_personne_n_est_accueilli_avant_qu_un_ouvrier_serve(service):
    """The first connection that succeeds is answered: the port refuses until then, and nobody waits in a queue."""
    processus, port = service("audit", 2)
    attendre(lambda: ecoute(port))
    lien = http.client.HTTPConnection("127.0.0.1", port, timeout=BORNE_S)
    lien.request("GET", "/_vie")
    assert lien.getresponse().status == 200
    enfants = Path(f"/proc/{processus.pid}/task/{processus.pid}/children")
    attendre(lambda: len(enfants.read_text().split()) == 2)
