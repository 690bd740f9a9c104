"""The feed: numbers in the order of commit, and a long poll that misses nothing."""

import threading
import time

import pytest
from sqlalchemy import text

from socle import fil


@pytest.fixture
def base(engine):
    fil.metadata.create_all(engine)
    return engine


def ecrire(engine, *faits):
    with engine.begin() as connexion:
        for fait in faits:
            fil.inscrire(connexion, {"fait": fait})


def faits(lu):
    return [entree["contenu"]["fait"] for entree in lu["entrees"]]


def test_on_lit_la_suite_dans_l_ordre_et_par_morceaux(base):
    ecrire(base, 1, 2, 3)
    premier = fil.suivre(base, 0, limite=2, attente=0)
    assert (faits(premier), premier["dernier"]) == ([1, 2], 3)
    assert faits(fil.suivre(base, premier["entrees"][-1]["numero"], limite=2, attente=0)) == [3]


def test_l_attente_finit_des_qu_un_fait_est_valide_et_pas_avant(base):
    minuterie = threading.Timer(0.2, ecrire, (base, "tard"))
    minuterie.start()
    debut = time.monotonic()
    lu = fil.suivre(base, 0, limite=10, attente=60)
    minuterie.join()
    assert faits(lu) == ["tard"]
    assert time.monotonic() - debut < 30


def test_un_acte_annule_ne_laisse_aucun_fait(base):
    with base.connect() as connexion:
        connexion.begin()
        fil.inscrire(connexion, {"fait": "jamais"})
        connexion.rollback()
    assert fil.suivre(base, 0, limite=10, attente=0) == {"entrees": [], "dernier": 0}


def test_oublier_garde_le_dernier_et_la_suite_des_numeros(base):
    ecrire(base, 1, 2, 3)
    with base.begin() as connexion:
        connexion.execute(text("UPDATE fil SET a = a - 100"))
    fil.oublier(base, 60)
    ecrire(base, 4)
    assert [(e["numero"], e["contenu"]["fait"]) for e in fil.suivre(base, 0, 10, 0)["entrees"]] == [(3, 3), (4, 4)]


def test_oublier_ce_qui_est_vide_ne_fait_rien(base):
    fil.oublier(base, 60)
    assert fil.suivre(base, 0, limite=10, attente=0) == {"entrees": [], "dernier": 0}
