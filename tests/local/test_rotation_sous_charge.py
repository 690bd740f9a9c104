"""Passwords of a real database are turned while others connect to it again and again: none is refused."""

import re
import threading
from pathlib import Path
from typing import ClassVar

import pytest
from pile import coffre
from pile.rotation import tourner
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from atelier.postgres import Grappe, grappe
from socle.database import ouvrir
from socle.settings import Reglages

ROLES = {"owner": "cdap-migration", "app": "cdap", "relay": "cdap-relay"}
TOURS, ENTRE_DEUX, PATIENCE_S = 3, 10, 120


class ReglagesDEssai(Reglages):
    service: ClassVar[str] = "cdap"


class Foule:
    """One thread for each role, that makes a new connection each time."""

    def __init__(self, base: Grappe, secrets: Path) -> None:
        self.assez = threading.Event()
        self.reussies, self.manquees = dict.fromkeys(ROLES, 0), list[str]()
        self.fils = []
        for role, conteneur in ROLES.items():
            reglages = ReglagesDEssai(database_url=base.adresse, secrets=secrets / conteneur)
            self.fils.append(threading.Thread(target=self._revenir, args=(role, reglages.base_pour(role))))

    def _revenir(self, role: str, url: str) -> None:
        engine = ouvrir(url)
        while not self.assez.is_set():
            try:
                with engine.connect() as connexion:
                    connexion.execute(text("SELECT 1"))
                self.reussies[role] += 1
            except OperationalError as faute:
                self.manquees.append(f"{role}: {faute}")
            engine.dispose()

    def attendre(self, fois: int) -> None:
        """Until each role has connected so many times more."""
        voulues = {role: reussies + fois for role, reussies in self.reussies.items()}
        for _ in range(PATIENCE_S * 10):
            if self.manquees or all(self.reussies[role] >= n for role, n in voulues.items()):
                return
            self.assez.wait(0.1)
        raise AssertionError("nobody connects")


@pytest.mark.timeout(900)
def test_personne_n_est_refuse_pendant_que_les_mots_de_passe_tournent(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    coffre.garnir(secrets)
    with grappe() as base:
        for role in ("owner", "relay", "app"):
            mot = (secrets / "cdap-base" / role).read_text()
            ordre = "ALTER" if role == "app" else "CREATE"  # the cluster was made as this user, who gives the orders
            base.sql(f"{ordre} ROLE mcp_{role} LOGIN PASSWORD '{mot}'")
        foule = Foule(base, secrets)

        def appeler(*mots: str, entree: bytes | None = None, echec: str | None = None) -> str:
            """docker-compose: what psql is told reaches the cluster."""
            if "psql" in mots:
                lu = re.search(r"\\set mot '(\S+)'\n(ALTER ROLE \w+ PASSWORD) :'mot'", (entree or b"").decode())
                assert lu
                foule.attendre(1)
                base.sql(f"{lu[2]} '{lu[1]}'", mot=(secrets / "maitres" / "cdap" / "base_app").read_text())
                foule.attendre(1)
            return ""

        for fil in foule.fils:
            fil.start()
        try:
            for _ in range(TOURS):
                foule.attendre(ENTRE_DEUX)
                list(tourner(secrets, "cdap", appeler))
            foule.attendre(ENTRE_DEUX)
        finally:
            foule.assez.set()
            for fil in foule.fils:
                fil.join()
    assert foule.manquees == []
    assert min(foule.reussies.values()) >= TOURS * ENTRE_DEUX
