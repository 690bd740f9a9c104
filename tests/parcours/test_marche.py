"""`make run` as a person meets it: signals, ports, restarts, and what it says of itself."""

import os
import signal
import socket
import stat
import subprocess
import sys

import pytest

from atelier.maison import RACINE, Maison, port_libre

PROCESSUS = {"gateway", "identity", "habilitation", "cdap", "audit"}
DELAI_ARRET_S = 10


@pytest.fixture
def seule(tmp_path):
    """A house of its own, which the test may stop."""
    maison = Maison(tmp_path / "var").demarrer()
    yield maison
    if maison.tourne:
        maison.arreter()


def test_arret_et_reprise_gardent_comptes_et_dossiers_et_ne_laissent_aucun_processus(seule):
    avant = seule.demo
    assert {p["nom"] for p in avant["processus"]} == PROCESSUS | {f"{nom}-relay" for nom in PROCESSUS} | {
        "audit-collecte"
    }
    assert stat.S_IMODE((seule.var / "demo.json").stat().st_mode) == 0o600
    profils = [compte["groupes"][0]["profil"] for compte in avant["comptes"][:16]]
    assert profils == [f"T{n}" for n in (1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19)]
    assert [c["groupes"][0]["portee"] for c in avant["comptes"][16:18]] == ["multi", "nationale"]
    assert [compte["roles"] for compte in avant["comptes"][20:]] == [
        ["caf:referent"],
        ["caf:controleur"],
        ["caf:superviseur"],
    ]

    assert seule.arreter(signal.SIGINT) == 0
    assert not (seule.var / "demo.json").exists()
    for processus in avant["processus"]:
        with pytest.raises(ProcessLookupError):
            os.kill(processus["pid"], 0)

    seule.demarrer()
    apres = seule.demo
    assert (apres["comptes"], apres["dossiers"]) == (avant["comptes"], avant["dossiers"])
    compte = seule.compte("T1")
    assert seule.client(compte).ouvrir(compte["dossier"]).status_code == 201

    mort = seule.pid("cdap-relay")
    seule.tuer("cdap-relay")
    seule.attendre(lambda: seule.pid("cdap-relay") not in (mort, None), 10)
    verdict = seule.verifier_le_journal()
    assert verdict.returncode == 0, verdict.stdout


def test_un_port_pris_se_dit_en_une_phrase(tmp_path):
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        prise.listen()
        maison = Maison(tmp_path / "var")
        env = maison.env | {"MCP_PORT": str(prise.getsockname()[1])}
        lance = subprocess.run(
            [sys.executable, "-m", "local"], env=env, cwd=RACINE, capture_output=True, text=True, timeout=30
        )
    assert lance.returncode == 1
    assert "est déjà pris" in lance.stderr
    assert "Traceback" not in lance.stderr


@pytest.mark.parametrize("mal", [{"MCP_PORT": "abc"}, {"MCP_DEMO": "beaucoup"}])
def test_un_reglage_qui_n_est_pas_un_nombre_se_dit(tmp_path, mal):
    env = Maison(tmp_path / "var").env | mal
    lance = subprocess.run(
        [sys.executable, "-m", "local"], env=env, cwd=RACINE, capture_output=True, text=True, timeout=30
    )
    assert lance.returncode == 1
    assert next(iter(mal)) in lance.stderr
    assert "Traceback" not in lance.stderr


def test_un_signal_a_make_arrete_tout(tmp_path):
    maison = Maison(tmp_path / "var", dossiers=0)
    maison.port = port_libre()
    lance = subprocess.Popen(
        ["make", "run"], env=maison.env | {"MCP_PORT": str(maison.port)}, cwd=RACINE, stdout=subprocess.DEVNULL
    )
    maison.attendre(lambda: (maison.var / "demo.json").exists(), 90)
    pids = [processus["pid"] for processus in maison.demo["processus"]]
    lance.send_signal(signal.SIGTERM)
    lance.wait(DELAI_ARRET_S)
    maison.attendre(lambda: not any(_vit(pid) for pid in pids), DELAI_ARRET_S)


def _vit(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
