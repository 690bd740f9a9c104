"""What keeps a process from its work, looked at when it is asked for; and a look that goes on by itself."""

import json
import threading
import time
from functools import partial

import pytest
from sqlalchemy import text

from socle.causes import CONSTATS, Cause
from socle.cles import Trousseau
from socle.ecoute import port_libre, prendre_le_port
from socle.revision import Revisions
from socle.sante import Guet, Sante, tenir_un_etat
from socle.secret import exiger

BORNE_S = 60
REVISIONS = Revisions(frozenset({"0001"}), "0001")


@pytest.fixture
def sante(engine, tmp_path):
    secret = partial(exiger, tmp_path / "client")
    return Sante("essai", "1", engine, Trousseau("http://127.0.0.1:9", tmp_path / "jwks.json"), REVISIONS, [secret])


def _attendre(condition) -> None:
    fin = time.monotonic() + BORNE_S
    while not condition():
        assert time.monotonic() < fin, "not in time"
        time.sleep(0.02)


def test_chaque_cause_est_nommee_et_disparait_avec_elle(sante, engine, tmp_path):
    assert sante.causes() == ["cles", "migrations", "secret"]
    (tmp_path / "client").write_text("un secret")
    with engine.begin() as connexion:
        connexion.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connexion.execute(text("INSERT INTO alembic_version VALUES ('0001')"))
    assert sante.causes() == ["cles"]
    sante.temoins.append(lambda: [Cause.CERTIFICAT])
    assert sante.causes() == ["certificat", "cles"]


def test_une_base_plus_recente_se_dit_et_n_empeche_rien(sante, engine, tmp_path):
    (tmp_path / "client").write_text("un secret")
    with engine.begin() as connexion:
        connexion.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connexion.execute(text("INSERT INTO alembic_version VALUES ('0002')"))
    assert sante.causes() == ["cles"]
    assert (Cause.BASE_RECENTE, "") in CONSTATS.presents
    CONSTATS.lever(Cause.BASE_RECENTE)


def test_le_guet_regarde_encore_meme_apres_une_faute():
    vus, assez = [], threading.Event()

    def regarder():
        vus.append(1)
        if len(vus) == 1:
            raise RuntimeError
        assez.set()
        return []

    guet = Guet(regarder, 0.01)
    guet.commencer()
    guet.commencer()
    assert assez.wait(BORNE_S)
    guet.finir()


def test_un_processus_sans_port_tient_son_etat_dans_un_fichier(tmp_path):
    fichier = tmp_path / "essai" / "etat-relay.json"
    try:
        tenir_un_etat(fichier)
        CONSTATS.constater(Cause.PORT, "essai")
        lu = json.loads(fichier.read_bytes())
        assert not lu["pret"] and {"cause": "port", "objet": "essai", "phrase": "le port est déjà pris"} in lu["causes"]
        CONSTATS.lever(Cause.PORT, "essai")
        assert not [dit for dit in json.loads(fichier.read_bytes())["causes"] if dit["objet"] == "essai"]
    finally:
        CONSTATS.suivre(lambda _: None)


def test_un_port_pris_est_attendu_et_tenu_sans_ecouter():
    premiere = prendre_le_port("127.0.0.1", 0)
    port = premiere.getsockname()[1]
    assert port_libre("127.0.0.1", port), "held, and nobody listens yet"
    premiere.listen()
    assert not port_libre("127.0.0.1", port)
    pauses = []

    def dormir(pause_s):
        pauses.append(pause_s)
        if len(pauses) == 3:
            premiere.close()

    seconde = prendre_le_port("127.0.0.1", port, dormir)
    assert pauses == [0.5, 1, 2]
    seconde.close()
    with pytest.raises(SystemExit, match="ne peut pas être ouvert"):
        prendre_le_port("192.0.2.1", 80)
