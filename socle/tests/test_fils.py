"""The threads of a service: what is done there comes back to who asked, and they end with what held them."""

import asyncio
import gc
import threading
import time

import pytest

from socle.fils import Fils

PATIENCE_S = 30.0


def attendre(condition):
    fin = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < fin
        time.sleep(0.01)


def test_ce_qui_est_fait_dans_un_fil_revient_a_qui_le_demande():
    async def demander():
        fils = Fils(3)
        rendus = await asyncio.gather(*(fils.faire(lambda n: (n, threading.get_ident()), n) for n in range(50)))
        assert [n for n, _ in rendus] == list(range(50))
        assert threading.get_ident() not in {fil for _, fil in rendus}

    asyncio.run(demander())


def test_une_faute_remonte_et_le_fil_sert_encore():
    async def demander():
        fils = Fils(1)
        with pytest.raises(KeyError):
            await fils.faire({}.__getitem__, "absent")
        assert await fils.faire(lambda: "encore") == "encore"

    asyncio.run(demander())


def test_celui_qui_n_attend_plus_n_arrete_pas_le_fil():
    async def demander():
        fils, commence, suite = Fils(1), threading.Event(), threading.Event()

        def lent():
            commence.set()
            suite.wait(PATIENCE_S)

        tache = asyncio.create_task(fils.faire(lent))
        while not commence.is_set():
            await asyncio.sleep(0.01)
        tache.cancel()
        suite.set()
        with pytest.raises(asyncio.CancelledError):
            await tache
        assert await fils.faire(lambda: "encore") == "encore"

    asyncio.run(demander())


def test_les_fils_finissent_avec_ce_qui_les_tient():
    fils = Fils(3)
    asyncio.run(fils.faire(int))
    les_siens = [fil for fil in threading.enumerate() if fil.name.startswith("wsgi_")]
    assert len(les_siens) >= 3
    del fils
    gc.collect()
    attendre(lambda: sum(fil.is_alive() for fil in les_siens) <= len(les_siens) - 3)
