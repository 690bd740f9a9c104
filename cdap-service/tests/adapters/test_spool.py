"""The spool of letters: killed at any moment, the relay neither loses a letter nor posts it twice."""

import json
import signal
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from cdap.adapters.envois import AttestationsSql, corvees
from cdap.adapters.spool import Spool
from cdap.domain.dossiers import Cle
from cdap.domain.envois import Envoi, Etat
from cdap.main import MIGRATIONS
from cdap.settings import Reglages
from socle.courriels import poste
from socle.database import lecture, ouvrir
from socle.migrations import migrer

PDF = b"%PDF-1.7 une attestation"
ENVOI = Envoi(
    id="01a2100d-d7d5-714b-992c-a56be16f9456",
    sujet="ACC7K2MQ",
    consultation="01a2100d-d7d5-714b-992c-000000000000",
    cle=Cle("831", "0412377"),
    empreinte=sha256(PDF).hexdigest(),
    demande_a=datetime(2026, 1, 25, 9, 3, 40, tzinfo=UTC),
)
# A relay of its own, which dies the hard way when it has written so many files.
RELAIS = """
import os, signal, sys
from pathlib import Path
from cdap.adapters import spool
from cdap.adapters.envois import corvees
from cdap.settings import Reglages
from socle.courriels import poste
from socle.database import ouvrir

reste, ecrire = int(sys.argv[2]), spool.ecrire

def ecrire_puis_mourir(chemin, octets):
    global reste
    if reste == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    reste -= 1
    ecrire(chemin, octets)

spool.ecrire = ecrire_puis_mourir

class Mortel(spool.Spool):
    def deposer(self, envoi, pdf):
        super().deposer(envoi, pdf)
        os.kill(os.getpid(), signal.SIGKILL)

reglages = Reglages(var=Path(sys.argv[1]))
for corvee in corvees(ouvrir(reglages.base), Mortel(reglages.dossier_courriers), poste(reglages)):
    corvee()
"""


@pytest.fixture
def reglages(tmp_path):
    """A database with one letter in its queue."""
    reglages = Reglages(var=tmp_path)
    migrer(ouvrir(reglages.base, creer=True), MIGRATIONS)
    with ouvrir(reglages.base).begin() as connexion:
        AttestationsSql(connexion).confier(ENVOI, PDF)
    return reglages


def relayer(reglages):
    """What the relay would do once the back-off is over."""
    engine = ouvrir(reglages.base)
    with engine.begin() as connexion:
        connexion.exec_driver_sql("UPDATE attestations_par_courrier SET prochain_essai_a = 0")
    for corvee in corvees(engine, Spool(reglages.dossier_courriers), poste(reglages)):
        corvee()


def etat(reglages):
    with lecture(ouvrir(reglages.base)) as connexion:
        return AttestationsSql(connexion).lire(ENVOI.id).etat


@pytest.mark.parametrize("fichiers", [0, 1, 2], ids=["avant le pdf", "avant le bordereau", "avant de la rayer"])
def test_un_relais_tue_n_oublie_pas_la_lettre_et_ne_la_double_pas(reglages, fichiers):
    mort = subprocess.run([sys.executable, "-c", RELAIS, str(reglages.var), str(fichiers)], timeout=60)
    assert mort.returncode == -signal.SIGKILL
    assert etat(reglages) is Etat.EN_ATTENTE
    presents = {f.name for f in reglages.dossier_courriers.glob("*")} if reglages.dossier_courriers.exists() else set()
    assert len(presents) == fichiers
    relayer(reglages)
    relayer(reglages)
    assert etat(reglages) is Etat.REMIS
    assert {f.name for f in reglages.dossier_courriers.iterdir()} == {f"{ENVOI.id}.pdf", f"{ENVOI.id}.json"}
    assert (reglages.dossier_courriers / f"{ENVOI.id}.pdf").read_bytes() == PDF
    bordereau = json.loads((reglages.dossier_courriers / f"{ENVOI.id}.json").read_bytes())
    assert (bordereau["evenement"], bordereau["sha256"]) == (ENVOI.id, ENVOI.empreinte)
    assert "0412377" not in str(bordereau)


def test_un_dossier_ou_l_on_ne_peut_ecrire_laisse_la_lettre_dans_la_file(reglages, caplog):
    reglages.dossier_courriers.write_text("un fichier, pas un dossier")
    relayer(reglages)
    assert etat(reglages) is Etat.EN_ATTENTE
    assert "envoi en attente" in caplog.text
    reglages.dossier_courriers.unlink()
    relayer(reglages)
    assert etat(reglages) is Etat.REMIS


def test_le_courrier_n_est_lisible_que_de_son_proprietaire(reglages):
    relayer(reglages)
    assert reglages.dossier_courriers.stat().st_mode & 0o777 == 0o700
    assert {f.stat().st_mode & 0o777 for f in reglages.dossier_courriers.iterdir()} == {0o600}
