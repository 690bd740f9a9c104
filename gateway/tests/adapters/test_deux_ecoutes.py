"""The process itself: two listeners, one signal, one line where a port is taken."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from atelier import Signataire


def _port() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


@pytest.fixture
def environnement(tmp_path: Path) -> dict[str, str]:
    secrets = tmp_path / "secrets" / "gateway"
    secrets.mkdir(parents=True)
    (secrets / "client").write_text("secret-des-tests")
    Signataire().deposer(tmp_path / "gateway" / "jwks.json")
    return os.environ | {
        "MCP_VAR": str(tmp_path),
        "MCP_PORT": str(_port()),
        "MCP_BIND_PORT": str(_port()),
        "MCP_DEPART_S": "0.2",
        "MCP_URL_IDENTITY": f"http://127.0.0.1:{_port()}",
    }


def _lancer(environnement: dict[str, str], *mots: str) -> subprocess.Popen[str]:
    commande = [sys.executable, "-W", "ignore", "-m", "gateway", *mots]
    return subprocess.Popen(commande, env=environnement, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def processus(environnement: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    assert _lancer(environnement, "migrate").wait() == 0
    lance = _lancer(environnement, "web")
    _attendre(f"http://127.0.0.1:{environnement['MCP_BIND_PORT']}/_pret")
    yield lance
    lance.kill()
    lance.wait()


def _attendre(url: str) -> None:
    fin = time.monotonic() + 60
    while time.monotonic() < fin:
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{url} is not ready")


def test_chaque_port_sert_le_sien_et_un_signal_arrete_les_deux(
    processus: subprocess.Popen[str], environnement: dict[str, str]
) -> None:
    publique, interne = (f"http://127.0.0.1:{environnement[nom]}" for nom in ("MCP_PORT", "MCP_BIND_PORT"))
    urllib.request.urlopen(f"{publique}/openapi.json").close()
    assert b"gateway.openapi" in urllib.request.urlopen(f"{interne}/metrics").read()
    for url in (f"{publique}/metrics", f"{interne}/docs"):
        with pytest.raises(urllib.error.HTTPError) as refus:
            urllib.request.urlopen(url)
        assert refus.value.code == 404
    processus.send_signal(signal.SIGTERM)
    processus.wait(timeout=30)
    for nom in ("MCP_PORT", "MCP_BIND_PORT"):
        with socket.socket() as prise:
            assert prise.connect_ex(("127.0.0.1", int(environnement[nom]))) != 0


@pytest.mark.usefixtures("processus")
def test_mille_demandes_sur_une_connexion_interne_sont_toutes_servies(environnement: dict[str, str]) -> None:
    """A neighbour may ask before this side holds the last answer for complete; here it always does, by asking in
    pairs, so that the test does not hang on luck."""
    with socket.create_connection(("127.0.0.1", int(environnement["MCP_BIND_PORT"])), timeout=10) as prise:
        lecteur = prise.makefile("rb")
        for _ in range(500):
            prise.sendall(b"GET /_vie HTTP/1.1\r\nHost: gateway\r\n\r\n" * 2)
            for _ in range(2):
                assert lecteur.readline().startswith(b"HTTP/1.1 200"), "cut"
                entetes = http.client.parse_headers(lecteur)
                lecteur.read(int(entetes["Content-Length"]))


@pytest.mark.parametrize("nom", ["MCP_PORT", "MCP_BIND_PORT"])
def test_un_port_deja_pris_est_dit_en_une_ligne_et_attendu(environnement: dict[str, str], nom: str) -> None:
    assert _lancer(environnement, "migrate").wait() == 0
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", int(environnement[nom])))
        prise.listen()
        lance = _lancer(environnement, "web")
        assert lance.stderr is not None
        dit = json.loads(lance.stderr.readline())
    try:
        assert dit["cause"] == "port" and dit["niveau"] == "error"
        assert dit["quoi"] == f"le port est déjà pris (127.0.0.1, port {environnement[nom]})"
        assert json.loads(lance.stderr.readline())["quoi"].startswith("c’est fini : le port est déjà pris")
        for autre in ("MCP_PORT", "MCP_BIND_PORT"):
            _attendre(f"http://127.0.0.1:{environnement[autre]}/{'_vie' if autre == 'MCP_BIND_PORT' else 'docs'}")
    finally:
        lance.kill()
        lance.wait()
