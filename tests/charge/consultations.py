"""Consultations through the gateway while an import writes, against the same without: who consults must not wait."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flux
from sqlalchemy import create_engine, func, select

from atelier.maison import RACINE, Maison
from cdap.adapters.tables import imports
from charge.sujet import Debit, Sujet

CLIENTS = 6
FENETRE_S = 5.0
FOYERS = 60_000
"""More than an import takes in during one window."""
RUBRIQUES = ("synthese", "famille", "droits", "rsa")


@contextmanager
def preparer(dossier: Path) -> Iterator[tuple[Debit, Debit]]:
    """A whole house. An import that is stopped at the end of a window is gone on with in the next."""
    fichier = flux.ecrire(dossier / "flux.xml", map(flux.un_foyer, flux.numeros(FOYERS)))
    maison = Maison(dossier / "var", dossiers=200)
    try:
        maison.demarrer()
        yield _avec(maison, fichier), lambda: consulter(maison)
    finally:
        if maison.tourne:
            maison.arreter()


def _avec(maison: Maison, fichier: Path) -> Debit:
    """Consultations during a window of the import."""
    base = create_engine(f"sqlite:///{maison.var / 'cdap' / 'cdap.sqlite'}")

    def place() -> int:
        with base.connect() as connexion:
            return connexion.execute(select(func.max(imports.c.place))).scalar() or 0

    def avec() -> float:
        avant = place()
        lance = subprocess.Popen(
            [sys.executable, "-m", "cdap", "import", str(fichier)],
            env=maison.env, cwd=RACINE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            while place() <= avant:
                assert lance.poll() is None, "the import ended before it wrote"
                time.sleep(0.05)
            debit = consulter(maison)
            assert lance.poll() is None, "the import ended before the window did"
        finally:
            os.kill(lance.pid, signal.SIGKILL)
            lance.wait()
        assert place() > avant + 1
        return debit

    return avec


def consulter(maison: Maison) -> float:
    """Rubriques read a second by a few clients at once; one in so many requests opens the dossier again."""
    compte = maison.compte("T1")
    lues, fin = itertools.count(), threading.Event()
    fautes: list[str] = []

    def lire() -> None:
        client = maison.client(compte)
        while not fin.is_set():
            ouverte = client.ouvrir(compte["dossier"])
            if ouverte.status_code != 201:
                fautes.append(ouverte.text)
                return
            for rubrique in RUBRIQUES:
                if client.lire(ouverte.json()["id"], rubrique).status_code == 200:
                    next(lues)

    fils = [threading.Thread(target=lire) for _ in range(CLIENTS)]
    debut = time.perf_counter()
    for fil in fils:
        fil.start()
    fin.wait(FENETRE_S)
    fin.set()
    for fil in fils:
        fil.join()
    assert not fautes, fautes[0]
    return next(lues) / (time.perf_counter() - debut)


SUJET = Sujet(
    "rubriques lues pendant un import, contre sans import",
    doit=0.7,
    vise=0.85,
    preparer=preparer,
    unite="lectures/s",
    tours=5,
)
