"""Supervisor understands what we write for it, and nothing outlives us."""

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from local import verrou
from local.fins import ArretDemande, Echec
from local.gardien import Options
from local.processus import Plan, Programme, configuration, etape, gestion, planifier
from local.reglages import Reglages

from atelier.maison import RACINE

DORMEUR = Plan((Programme("dormeur", "timeit -n1 -r1 -s 'import time' 'time.sleep(60)'", {}),), {}, {})
LANCEUR = """
import sys, threading, time
from pathlib import Path
from local import verrou
from local.processus import Plan, Programme, gestion
var = Path(sys.argv[1])
plan = Plan((Programme("dormeur", "timeit -n1 -r1 -s 'import time' 'time.sleep(60)'", {}),), {}, {})
with verrou.prendre(var, threading.Event()) as tenu, gestion(plan, tenu, var) as gestionnaire:
    while not gestionnaire.pids():
        time.sleep(0.05)
    (var / "pids").write_text(" ".join(map(str, gestionnaire.pids().values())))
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def chez_nous(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(RACINE / "deploy"))


@pytest.fixture
def tenu(tmp_path):
    with verrou.prendre(tmp_path, threading.Event()) as fichier:
        yield fichier


def jusqu_a(condition, secondes: float = 10) -> None:
    fin = time.monotonic() + secondes
    while not condition():
        assert time.monotonic() < fin, "not in time"
        time.sleep(0.02)


def est_parti(pid: int) -> bool:
    """Gone, or waiting to be reaped by whoever adopted it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return not verrou.vit(pid)


def test_supervisor_comprend_des_chemins_avec_espace_pourcent_et_apostrophe(tmp_path):
    ici = tmp_path / "l'été 100%s"
    ici.mkdir()
    plan = planifier(Reglages(port=8000, var=ici, dossiers=0))
    conf = ici / "supervisord.conf"
    conf.write_text(configuration(plan, ici, ici, f"{ici}/bin/python"))
    options = Options()
    options.realize(["-n", "-c", str(conf)])
    assert options.logfile == f"{ici}/supervisord.log"
    (groupe,) = options.process_group_configs
    programmes = {programme.name: programme for programme in groupe.process_configs}
    assert len(programmes) == 11
    gateway = programmes["gateway"]
    assert shlex.split(gateway.command) == [f"{ici}/bin/python", "-m", "gateway", "web"]
    assert gateway.stdout_logfile == f"{ici}/gateway.log"
    assert gateway.environment == {"MCP_BIND_PORT": str(plan.ports["gateway"])}


def test_le_gestionnaire_tue_n_abandonne_aucun_processus(tmp_path, tenu):
    with gestion(DORMEUR, tenu, tmp_path) as gestionnaire:
        jusqu_a(gestionnaire.pids)
        dormeur = gestionnaire.pids()["dormeur"]
        _, superviseur = (tmp_path / verrou.NOM).read_text().split()
        os.kill(int(superviseur), signal.SIGKILL)
        jusqu_a(lambda: not gestionnaire.vit)
    assert est_parti(dormeur)


def test_un_processus_qui_ne_tient_pas_se_sait(tmp_path, tenu):
    with gestion(Plan((Programme("tombeur", "module_absent", {}),), {}, {}), tenu, tmp_path) as gestionnaire:
        jusqu_a(lambda: gestionnaire.tombes() == ["tombeur"])
    assert "module_absent" in (tmp_path / "tombeur.log").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux alone ends a child whose parent is gone")
def test_le_lanceur_tue_tout_s_arrete_et_le_dossier_est_libre(tmp_path):
    lanceur = subprocess.Popen([sys.executable, "-c", LANCEUR, str(tmp_path)])
    jusqu_a((tmp_path / "pids").exists)
    jusqu_a(lambda: (tmp_path / "pids").read_text())
    dormeur = int((tmp_path / "pids").read_text())
    assert not est_parti(dormeur)
    lanceur.kill()
    lanceur.wait()
    with verrou.prendre(tmp_path, threading.Event()):
        assert est_parti(dormeur)


def test_une_etape_s_arrete_sur_demande_et_ne_survit_pas(tmp_path, tenu):
    arret, log = threading.Event(), tmp_path / "preparation.log"
    arret.set()
    with (
        pytest.raises(ArretDemande),
        etape("L’étape", DORMEUR, tenu, log, "garnir", "0") as une,
    ):
        une.attendre(arret)
    with pytest.raises(Echec, match="L’étape a échoué"):
        une.attendre(threading.Event())


def test_une_etape_qui_echoue_nomme_son_journal(tmp_path, tenu):
    log = tmp_path / "preparation.log"
    with pytest.raises(Echec) as faute, etape("L’étape", DORMEUR, tenu, log, "garnir", "pas un nombre") as une:
        une.attendre(threading.Event())
    assert str(faute.value) == f"L’étape a échoué. Voir {log}"
    assert "pas un nombre" in log.read_text()
