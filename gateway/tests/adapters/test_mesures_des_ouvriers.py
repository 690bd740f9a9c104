"""A door with several workers has no internal listener: `interne` says what all of them count."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from atelier import Signataire

ENSEMBLE = 16


def _port() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


def _attendre(condition: Callable[[], bool]) -> None:
    fin = time.monotonic() + 100
    while time.monotonic() < fin:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError("not in time")


@pytest.mark.timeout(500)
def test_deux_ouvriers_sont_une_seule_porte_dans_les_mesures(tmp_path: Path) -> None:
    (tmp_path / "secrets" / "gateway").mkdir(parents=True)
    (tmp_path / "secrets" / "gateway" / "client").write_text("secret-des-tests")
    Signataire().deposer(tmp_path / "gateway" / "jwks.json")
    porte, interne, metriques = _port(), _port(), tmp_path / "metriques"
    commun = os.environ | {
        "MCP_VAR": str(tmp_path),
        "MCP_DEPART_S": "0",
        "MCP_URL_IDENTITY": f"http://127.0.0.1:{_port()}",
    }
    de_la_porte = {"MCP_PORT": str(porte), "MCP_OUVRIERS": "2", "PROMETHEUS_MULTIPROC_DIR": str(metriques)}
    internes = {
        "MCP_BIND_PORT": str(interne),
        "MCP_MESURES": str(metriques),
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "autres"),
    }

    def lancer(mot: str, env: dict[str, str]) -> subprocess.Popen[bytes]:
        commande = [sys.executable, "-W", "ignore", "-m", "gateway", mot]
        return subprocess.Popen(commande, env=commun | env, stderr=subprocess.DEVNULL)

    def lire() -> dict[tuple[str, ...], float]:
        with urllib.request.urlopen(f"http://127.0.0.1:{interne}/metrics", timeout=5) as recue:
            texte = recue.read().decode()
        return {
            (dit.name, *(dit.labels[nom] for nom in sorted(dit.labels))): dit.value
            for famille in text_string_to_metric_families(texte)
            for dit in famille.samples
        }

    def demander() -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{porte}/openapi.json", timeout=5) as recue:
            return bool(recue.status == 200)

    assert lancer("migrate", {}).wait() == 0
    with ExitStack() as pile:
        for mot, env in (("web", de_la_porte), ("interne", internes)):
            lance = pile.enter_context(lancer(mot, env))
            pile.callback(lance.send_signal, signal.SIGTERM)
        _attendre(demander)
        _attendre(lambda: len({cle[1] for cle in lire() if cle[0] == "mcp_circuit_ouvert"}) == 4)
        demandees = 0

        def les_deux_ont_servi() -> bool:
            """The kernel chooses the worker: many at once, until it has chosen both."""
            nonlocal demandees
            demandees += len(list(fils.map(lambda _: demander(), range(ENSEMBLE))))
            return len(list(metriques.glob("histogram_*.db"))) == 2

        fils = pile.enter_context(ThreadPoolExecutor(ENSEMBLE))
        comptees = "mcp_operation_seconds_count", "gateway.openapi", "200"
        _attendre(lambda: comptees in lire())
        avant = lire()[comptees]
        _attendre(les_deux_ont_servi)
        _attendre(lambda: lire()[comptees] == avant + demandees)
        lues = lire()
        # One value for the door, not one for each worker; and the outbox as the database has it.
        assert {len(cle) for cle in lues if cle[0] in ("mcp_circuit_ouvert", "mcp_fil_suivi_a")} == {2}
        assert lues["mcp_outbox_rang", "gateway"] == 0 and lues["mcp_base_joignable", "gateway"] == 1
        assert ("mcp_operation_seconds_count", "sondes.mesurer", "200") not in lues
