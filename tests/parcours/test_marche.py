"""`make run` as a person meets it: signals, ports, restarts, and what it says of itself."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time

import pytest

from atelier.maison import RACINE, Maison, port_libre

PROCESSUS = {"gateway", "identity", "habilitation", "cdap", "audit"}
DELAI_ARRET_S = 10


@pytest.fixture
def seule(tmp_path):
    """A house of its own, which the test may stop, in a folder with a difficult name."""
    maison = Maison(tmp_path / "les données, 100%s").demarrer()
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

    deuxieme = lancer(seule.env | {"MCP_PORT": str(port_libre())})
    assert deuxieme.returncode == 1
    assert "sert déjà à un autre" in deuxieme.stderr
    assert seule.demo == avant

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
        lance = lancer(maison.env | {"MCP_PORT": str(prise.getsockname()[1])})
    assert lance.returncode == 1
    assert "est déjà pris" in lance.stderr
    assert "Traceback" not in lance.stderr


@pytest.mark.parametrize("mal", [{"MCP_PORT": "99999"}, {"MCP_DEMO": "-5"}, {"MCP_VAR": 'va"r'}])
def test_un_reglage_impossible_se_dit_en_une_phrase(tmp_path, mal):
    lance = lancer(Maison(tmp_path / "var").env | mal)
    assert lance.returncode == 1
    assert next(iter(mal)) in lance.stderr
    assert len(lance.stderr.splitlines()) == 1


def test_un_dossier_ou_l_on_ne_peut_ecrire_se_dit_en_une_phrase(tmp_path):
    (tmp_path / "var").write_text("a file, where a folder should be")
    lance = lancer(Maison(tmp_path / "var").env)
    assert lance.returncode == 1
    assert len(lance.stderr.splitlines()) == 1


def test_un_arret_avant_la_fin_est_un_arret_et_le_lancement_suivant_reprend(tmp_path):
    maison = Maison(tmp_path / "var", dossiers=5)
    for etape in ("Préparation", "Démarrage", "Comptes"):
        lance = subprocess.Popen(
            [sys.executable, "-m", "local"], env=maison.env, cwd=RACINE, stdout=subprocess.PIPE, text=True
        )
        assert any(ligne.startswith(etape) for ligne in lance.stdout)
        time.sleep(0.4)
        lance.send_signal(signal.SIGTERM)
        suite, _ = lance.communicate(timeout=DELAI_ARRET_S)
        assert lance.returncode == 0
        assert suite.splitlines()[-1].startswith("Tout est arrêté")
        assert not (maison.var / "demo.json").exists()

    # A signal to make reaches what it runs.
    lance = subprocess.Popen(["make", "run"], env=maison.env, cwd=RACINE, stdout=subprocess.DEVNULL)
    maison.attendre(lambda: (maison.var / "demo.json").exists(), 90)
    demo = maison.demo
    for compte in demo["comptes"]:
        maison.client(compte)
    lance.send_signal(signal.SIGTERM)
    lance.wait(DELAI_ARRET_S)
    maison.attendre(lambda: not any(_vit(p["pid"]) for p in demo["processus"]), DELAI_ARRET_S)


def lancer(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """`make run`, where it is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "local"], env=env, cwd=RACINE, capture_output=True, text=True, timeout=30
    )


def _vit(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
