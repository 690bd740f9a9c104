"""Two relays of one service, killed and stopped for longer than their lease at any moment, while acts go on.

Counted at the end: every event that was committed is in the journal once, by the pull, and its chain is one.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from atelier import bases
from atelier.postgres import modele
from audit.adapters.collecte import Suivi
from audit.adapters.depots import RegistreSql
from audit.adapters.sources import SourceHttp
from audit.adapters.tables import alarmes, journal
from audit.main import MIGRATIONS as DU_JOURNAL
from cdap.main import MIGRATIONS as DE_CDAP
from socle.acces import Acces
from socle.bail import bail
from socle.database import lecture, ouvrir
from socle.migrations import migrer
from socle.outbox import en_attente_depuis, lire_tete, outbox
from socle.routes.journal import lire
from socle.travail import TraceImpossible, Travail

MORTS, ARRETS, SUCCESSIONS = 6, 4, 1
BAIL_S, ARRETE_S = 2, 5.0
ACTEURS = 3
PATIENCE_S = 90.0
GRAINE = 20261130


class Relais:
    """Two relay processes; one that is killed is started again."""

    def __init__(self, env: dict[str, str], dit: Path) -> None:
        self._env, self._dit = env, dit
        self._lances = [self._lancer() for _ in range(2)]

    def tuer(self, lequel: int) -> None:
        """SIGKILL."""
        self._lances[lequel].kill()
        self._lances[lequel].wait()
        self._lances[lequel] = self._lancer()

    @contextmanager
    def arrete(self, lequel: int) -> Iterator[None]:
        """Neither runs nor ends."""
        self._lances[lequel].send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._lances[lequel].send_signal(signal.SIGCONT)

    def finir(self) -> None:
        """SIGTERM."""
        for lance in self._lances:
            lance.terminate()
        for lance in self._lances:
            lance.wait(PATIENCE_S)

    def _lancer(self) -> "subprocess.Popen[bytes]":
        with self._dit.open("ab") as dit:
            return subprocess.Popen([sys.executable, "-m", "cdap", "relay"], env=self._env, stdout=dit, stderr=dit)


class Voisin:
    """The service, asked for its journal without HTTP in between."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def demander(self, _: str, parametres: dict[str, int], delai_s: float) -> Any:
        """What its route answers."""
        return lire(parametres["apres"], self._engine, "cdap", parametres["limite"], parametres["attente"])


class Actes:
    """Threads that do acts, one after the other, until they are to stop; the receipts of those that succeeded."""

    def __init__(self, engine: Engine) -> None:
        self.recus: list[str] = []
        self._travail: Travail[None] = Travail(engine, "cdap", lambda _: None)
        self._fin = threading.Event()
        self._fils = [threading.Thread(target=self._agir) for _ in range(ACTEURS)]
        for fil in self._fils:
            fil.start()

    def _agir(self) -> None:
        while not self._fin.wait(0.005):
            try:
                with self._travail.acte("cdap.rubrique.lue", Acces(acte="essai")) as acte:
                    pass
            except TraceImpossible:  # a relay that was stopped in its transaction keeps SQLite's writers waiting
                continue
            self.recus.append(acte.recu)

    def finir(self) -> None:
        self._fin.set()
        for fil in self._fils:
            fil.join()


def attendre(condition: Callable[[], Any], quoi: str, secondes: float = PATIENCE_S) -> None:
    fin = time.monotonic() + secondes
    while not condition():
        assert time.monotonic() < fin, quoi
        time.sleep(0.05)


def ids(engine: Engine, table: Any) -> list[str]:
    with lecture(engine) as connexion:
        return list(connexion.execute(select(table.c.id).order_by(table.c.rang)).scalars())


def porteur(engine: Engine) -> str | None:
    with lecture(engine) as connexion:
        return connexion.execute(select(bail.c.porteur)).scalar_one()


def malheurs(engine: Engine, relais: Relais, hasard: random.Random) -> None:
    """Kills and stops in any order, until there were enough, and until a stopped one was followed by the other."""
    a_faire = ["mort"] * MORTS + ["arret"] * ARRETS
    hasard.shuffle(a_faire)
    successions, fin = 0, time.monotonic() + PATIENCE_S
    while a_faire or successions < SUCCESSIONS:
        assert time.monotonic() < fin or a_faire, "no stopped relay was followed"
        time.sleep(hasard.uniform(0.2, 1.2))
        lequel = hasard.randrange(2)
        if (a_faire.pop() if a_faire else "arret") == "mort":
            relais.tuer(lequel)
            continue
        avant, range_jusqu_a = porteur(engine), lire_tete(engine)[0]
        with relais.arrete(lequel):
            debut = time.monotonic()
            while time.monotonic() < debut + ARRETE_S:
                time.sleep(0.1)
            successions += porteur(engine) != avant and lire_tete(engine)[0] > range_jusqu_a


def jouer(url: str, dossier: Path) -> None:
    """Everything; `url` is an empty database for CDAP."""
    engine = ouvrir(url, en_serie=False)
    migrer(ouvrir(url, creer=True), DE_CDAP)
    du_journal = f"sqlite:///{dossier / 'audit.sqlite'}"
    migrer(ouvrir(du_journal, creer=True), DU_JOURNAL)
    registre, arret = ouvrir(du_journal), threading.Event()
    suivi = Suivi(SourceHttp("cdap", Voisin(engine)), RegistreSql(registre), arret)  # type: ignore[arg-type]
    collecte = threading.Thread(target=suivi.suivre)
    env = os.environ | {"MCP_VAR": str(dossier), "MCP_DATABASE_URL": url, "MCP_BAIL_S": str(BAIL_S)}
    relais, actes = Relais(env, dossier / "relais.log"), Actes(engine)
    collecte.start()
    try:
        try:
            malheurs(engine, relais, random.Random(GRAINE))
        finally:
            actes.finir()
        attendre(lambda: en_attente_depuis(engine) is None, "events without a rank")
        attendre(lambda: _journal(registre) == lire_tete(engine)[0], "ranks that are not in the journal")
    finally:
        relais.finir()
        arret.set()
        collecte.join()
    with lecture(registre) as connexion:
        assert connexion.execute(select(alarmes.c.genre)).all() == []
    assert len(actes.recus) > 0
    assert sorted(ids(registre, journal)) == sorted(ids(engine, outbox)) == sorted(actes.recus)


def _journal(registre: Engine) -> int:
    with lecture(registre) as connexion:
        return connexion.execute(select(func.max(journal.c.rang))).scalar() or 0


@pytest.mark.timeout(420)
def test_relais_tues_et_arretes_sur_sqlite(tmp_path):
    jouer(f"sqlite:///{tmp_path / 'cdap.sqlite'}", tmp_path)


@pytest.mark.timeout(420)
def test_relais_tues_et_arretes_sur_postgresql(tmp_path):
    with modele() as copiee:
        jouer(bases.nouvelle_base(tmp_path / "cdap.sqlite", copiee), tmp_path)
