"""One house for each folder, even after the launcher was killed."""

import os
import subprocess
import sys
import threading

import pytest
from local import verrou
from local.fins import ArretDemande, Echec


def un_mort() -> int:
    """The number of a process that is no more."""
    fini = subprocess.Popen(["true"])
    fini.wait()
    return fini.pid


def test_un_deuxieme_lanceur_est_refuse_et_sait_par_qui(tmp_path):
    with (
        verrou.prendre(tmp_path, threading.Event()),
        pytest.raises(Echec, match=f"processus {os.getpid()}"),
        verrou.prendre(tmp_path, threading.Event()),
    ):
        pass
    with verrou.prendre(tmp_path, threading.Event()):
        assert (tmp_path / verrou.NOM).read_text() == f"{os.getpid()}\n"


def test_ce_qu_un_lanceur_tue_a_laisse_tient_le_dossier_jusqu_a_sa_fin(tmp_path):
    with verrou.prendre(tmp_path, threading.Event()) as tenu:
        reste = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1)"], stdin=tenu)
    (tmp_path / verrou.NOM).write_text(f"{un_mort()}\n{reste.pid}\n")
    with verrou.prendre(tmp_path, threading.Event()):
        assert reste.wait(5) == 0, "the folder was free only when the last that held it had ended"


def test_l_attente_s_arrete_sur_demande(tmp_path):
    arret = threading.Event()
    arret.set()
    with verrou.prendre(tmp_path, threading.Event()):
        (tmp_path / verrou.NOM).write_text(f"{un_mort()}\n")
        with pytest.raises(ArretDemande), verrou.prendre(tmp_path, arret):
            pass
