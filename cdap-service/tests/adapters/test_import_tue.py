"""The import as a process: killed at random places and started again; and how much memory it ever needs."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import flux
import pytest
from flux import un_foyer
from sqlalchemy import Engine, create_engine, select

from cdap.adapters.tables import dossiers, imports, rejets

FOYERS = 2_000
BONS = FOYERS - FOYERS // 100
MORTS = 5
PLAFOND_MO = 200
BORNE_S = 300
pytestmark = pytest.mark.timeout(4 * BORNE_S)
LANCER = (sys.executable, "-m", "cdap")
MESURER = """
import runpy, sys
sys.argv = ["cdap", "import", *sys.argv[1:]]
try:
    runpy.run_module("cdap", run_name="__main__")
finally:
    # Not ru_maxrss: across exec it keeps the peak of the process that forked.
    print("pic", next(int(l.split()[1]) for l in open("/proc/self/status") if l.startswith("VmHWM")) // 1024)
"""


@pytest.fixture
def un_cdap(tmp_path):
    """A migrated CDAP of its own: its environment, and its database."""

    def faire(nom: str) -> tuple[dict[str, str], Engine]:
        env = os.environ | {"MCP_VAR": str(tmp_path / nom)}
        subprocess.run([*LANCER, "migrate"], env=env, check=True, timeout=60)
        return env, create_engine(f"sqlite:///{tmp_path / nom / 'cdap' / 'cdap.sqlite'}")

    return faire


def _contenu(engine: Engine) -> list[list[tuple[object, ...]]]:
    cle = (dossiers.c.organisme, dossiers.c.numero_allocataire)
    with engine.connect() as connexion:
        return [
            [tuple(ligne) for ligne in connexion.execute(requete)]
            for requete in (
                select(*cle, dossiers.c.contenu, dossiers.c.arretes).order_by(*cle),
                select(rejets).order_by(rejets.c.rang),
                select(*(colonne for colonne in imports.c if not colonne.name.endswith("_a"))),
            )
        ]


def _place(engine: Engine) -> int:
    with engine.connect() as connexion:
        return connexion.execute(select(imports.c.place)).scalar() or 0


def _flux(chemin: Path) -> Path:
    """Each hundredth household is wrong, the last is there twice."""
    numeros = flux.numeros(FOYERS)
    foyers = (un_foyer(n, montant="faux" if rang % 100 == 50 else "0000010.00") for rang, n in enumerate(numeros))
    return flux.ecrire(chemin, [*foyers, un_foyer(numeros[0])])


def test_un_import_tue_n_importe_ou_et_relance_finit_comme_s_il_ne_l_avait_pas_ete(un_cdap, tmp_path):
    chemin = _flux(tmp_path / "flux.xml")
    env, temoin = un_cdap("temoin")
    entier = subprocess.run([*LANCER, "import", chemin], env=env, capture_output=True, text=True, timeout=BORNE_S)
    assert entier.returncode == 0, entier.stderr

    env, engine = un_cdap("tue")
    hasard = random.Random(5)
    places = [0, *sorted(hasard.sample(range(1, FOYERS * 3 // 4), MORTS - 1))]
    vues = []
    for place in places:  # the first dies in its first pass, which writes nothing
        lance = subprocess.Popen([*LANCER, "import", chemin], env=env, stdout=subprocess.DEVNULL)
        fin = time.monotonic() + BORNE_S
        while place and _place(engine) < place:
            assert lance.poll() is None and time.monotonic() < fin
            time.sleep(0.002)
        time.sleep(hasard.random() / 20)
        lance.send_signal(signal.SIGKILL)
        assert lance.wait() == -signal.SIGKILL
        vues.append(_place(engine))
    assert vues[0] == 0 and sorted(vues) == vues and len(set(vues)) > 2

    fini = subprocess.run([*LANCER, "import", chemin], env=env, capture_output=True, text=True, timeout=BORNE_S)
    assert fini.returncode == 0, fini.stderr
    assert f"repris après {vues[-1]} enregistrement(s)" in fini.stdout
    assert fini.stdout.splitlines()[0] == f"flux.xml : {BONS} dossier(s) importé(s), {FOYERS - BONS + 1} rejet(s)"
    assert _contenu(engine) == _contenu(temoin)
    etats = subprocess.run([*LANCER, "imports"], env=env, capture_output=True, text=True, timeout=60).stdout
    assert "flux RSA mensuel" in etats and f"fini, {BONS} pris, 0 laissé(s), {FOYERS - BONS + 1} rejet(s)" in etats


@pytest.mark.parametrize("forme", ["foyers", "rejets", "sans_fin", "une_ligne"])
def test_la_memoire_reste_sous_deux_cents_mo(un_cdap, tmp_path, forme):
    """A flow of 10 MB, the same of rejects, and 250 MB that never end an element or a line."""
    chemin = tmp_path / "gros"
    if forme in {"foyers", "rejets"}:
        montant = "faux" if forme == "rejets" else "0000010.00"
        flux.ecrire(chemin, (un_foyer(n, montant=montant) for n in flux.numeros(5_000)))
    else:
        with chemin.open("wb") as fichier:
            fichier.write(b"<Racine><InfosFoyerRSA>" if forme == "sans_fin" else b'{"cle": "')
            for _ in range(250):
                fichier.write(b"<a>x</a>" * 125_000 if forme == "sans_fin" else b"x" * 1_000_000)
    env, engine = un_cdap("var")
    lance = subprocess.run(
        [sys.executable, "-c", MESURER, str(chemin)], env=env, capture_output=True, text=True, timeout=BORNE_S
    )
    pic = int(lance.stdout.rpartition("pic ")[2])
    assert pic < PLAFOND_MO, lance.stdout[:500]
    attendus = {"foyers": "5000 importé(s), 0 rejet(s)", "rejets": "0 importé(s), 5000 rejet(s)"}
    attendus |= {"sans_fin": "un élément est trop long", "une_ligne": "0 importé(s), 1 rejet(s)"}
    assert attendus[forme] in lance.stdout
    engine.dispose()
