"""The public door with a certificate: HTTPS alone, in one process or with workers."""

import http.client
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from portes import port_ferme

from atelier import Signataire
from atelier.certificats import PATIENCE_S, Autorite, Paire, ancien

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def autorite(tmp_path: Path) -> Autorite:
    return Autorite(tmp_path)


def _environnement(dossier: Path, paire: Paire, **autres: str) -> dict[str, str]:
    secrets = dossier / "secrets" / "gateway"
    secrets.mkdir(parents=True, exist_ok=True)
    (secrets / "client").write_text("secret-des-tests")
    Signataire().deposer(dossier / "gateway" / "jwks.json")
    return os.environ | {
        "MCP_VAR": str(dossier),
        "MCP_PORT": str(port_ferme()),
        "MCP_BIND_PORT": str(port_ferme()),
        "MCP_URL_IDENTITY": f"http://127.0.0.1:{port_ferme()}",
        "MCP_TLS_CERTIFICAT": str(paire.certificat),
        "MCP_TLS_CLE": str(paire.cle),
        **autres,
    }


def _lancer(environnement: dict[str, str], mot: str) -> subprocess.Popen[str]:
    commande = [sys.executable, "-W", "ignore", "-m", "gateway", mot]
    return subprocess.Popen(commande, env=environnement, stderr=subprocess.PIPE, text=True)


@contextmanager
def _porte(environnement: dict[str, str]) -> Iterator[int]:
    """The port of the running door."""
    assert _lancer(environnement, "migrate").wait(PATIENCE_S) == 0
    lancee, port = _lancer(environnement, "web"), int(environnement["MCP_PORT"])
    try:
        fin = time.monotonic() + PATIENCE_S
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert lancee.poll() is None and time.monotonic() < fin
            time.sleep(0.05)
        yield port
    finally:
        lancee.send_signal(signal.SIGTERM)
        lancee.communicate(timeout=PATIENCE_S)


def _lire(port: int, client: ssl.SSLContext) -> tuple[int, str | None, bytes]:
    lien = http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE_S, context=client)
    try:
        lien.request("GET", "/openapi.json")
        reponse = lien.getresponse()
        return reponse.status, reponse.headers["Strict-Transport-Security"], reponse.read()
    finally:
        lien.close()


@pytest.mark.parametrize("ouvriers", ["0", "2"])
def test_la_porte_sert_https_et_rien_d_autre(autorite: Autorite, tmp_path: Path, ouvriers: str) -> None:
    mesures = tmp_path / "mesures"
    mesures.mkdir()
    autres = {"MCP_OUVRIERS": ouvriers} | ({"PROMETHEUS_MULTIPROC_DIR": str(mesures)} if ouvriers != "0" else {})
    with _porte(_environnement(tmp_path, autorite.emettre(), **autres)) as port:
        statut, duree, corps = _lire(port, autorite.client())
        assert (statut, duree, json.loads(corps)["openapi"][:2]) == (200, "max-age=31536000", "3.")
        with pytest.raises(ssl.SSLError):
            _lire(port, ancien(ssl.TLSVersion.TLSv1_1))
        en_clair = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            en_clair.request("GET", "/openapi.json")
            en_clair.getresponse()
        en_clair.close()


def test_un_certificat_expire_est_refuse_par_le_client_et_la_porte_reste(autorite: Autorite, tmp_path: Path) -> None:
    paire = autorite.emettre(ecart=timedelta(days=-3))
    with _porte(_environnement(tmp_path, paire)) as port:
        with pytest.raises(ssl.SSLCertVerificationError) as refus:
            _lire(port, autorite.client())
        assert refus.value.verify_message == "certificate has expired"


def test_sous_mcp_tls_les_fichiers_sont_parmi_les_secrets(autorite: Autorite, tmp_path: Path) -> None:
    environnement = _environnement(tmp_path, autorite.emettre(), MCP_TLS="1")
    secrets = tmp_path / "secrets" / "gateway"
    for nom, variable in (("tls.crt", "MCP_TLS_CERTIFICAT"), ("tls.key", "MCP_TLS_CLE")):
        Path(environnement.pop(variable)).replace(secrets / nom)
    with _porte(environnement) as port:
        assert _lire(port, autorite.client())[0] == 200


def test_ce_qui_ne_peut_pas_servir_est_dit_en_une_phrase(autorite: Autorite, tmp_path: Path) -> None:
    bonne, autre = autorite.emettre(), autorite.emettre()
    absent = Paire(tmp_path / "absent.crt", bonne.cle)
    cas = {
        absent: f"Le certificat {absent.certificat} ou sa clé {bonne.cle} est absent ou illisible.",
        Paire(bonne.certificat, autre.cle): f"La clé {autre.cle} n’est pas celle du certificat {bonne.certificat}.",
    }
    for paire, phrase in cas.items():
        lancee = _lancer(_environnement(tmp_path, paire), "web")
        _, dit = lancee.communicate(timeout=PATIENCE_S)
        assert (lancee.returncode, dit.splitlines()) == (1, [phrase])


def test_le_certificat_ne_va_pas_sans_sa_cle(autorite: Autorite, tmp_path: Path) -> None:
    environnement = _environnement(tmp_path, autorite.emettre())
    del environnement["MCP_TLS_CLE"]
    lancee = _lancer(environnement, "web")
    _, dit = lancee.communicate(timeout=PATIENCE_S)
    assert lancee.returncode == 2
    assert "MCP_TLS_CERTIFICAT and MCP_TLS_CLE go together" in dit
