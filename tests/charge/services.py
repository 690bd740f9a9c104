"""CDAP of the bench, as in production with one worker, over PostgreSQL; the plain stack's service over the same rows.

The consultations are written straight into the table, open for hours; each request reads the rubrique of the next one.
"""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Engine, func, insert, select

from atelier.personas import CAF, un_groupe, un_utilisateur
from atelier.signature import ISSUER
from cdap.adapters.depots import DepotsSql
from cdap.adapters.generateur import engendrer
from cdap.adapters.tables import consultations, dossiers
from charge.conteneurs import POSTGRESQL, exiger_les_images, postgresql
from charge.passerelles import REFERENCES, une_cle
from charge.procede import SUJET, attendre_une_reponse, exiger, lancer, port_libre, python
from charge.tir import Tir, tirer
from socle.database import lecture, ouvrir
from socle.travail import jour_de, maintenant

HEURES_S = 4 * 3_600
DOSSIERS, CONSULTATIONS = 1_000, 500
RUBRIQUE = "paiements"
FENETRE_S, ELAN_S = 4.0, 2.0
CONNEXIONS = 16


@dataclass(frozen=True)
class Scene:
    """A migrated database with dossiers, who may read them, and where the public key is."""

    dossier: Path
    url: str
    engine: Engine
    claims: dict[str, object]
    jeton: str
    cle: Path

    def ouvrir_des_consultations(self, nombre: int = CONSULTATIONS) -> Path:
        """Of dossiers drawn by chance: a file with the path of their rubrique, one a line."""
        with lecture(self.engine) as connexion:
            tirage = select(dossiers.c.numero_allocataire).order_by(func.random()).limit(nombre)
            numeros = connexion.execute(tirage).scalars().all()
        a, groupe = time.time(), self.claims["groups"][0]["id"]  # type: ignore[index]
        commun = {"sujet": self.claims["sub"], "session": self.claims["sid"], "groupe": groupe, "organisme": CAF}
        lignes = [
            commun
            | {"id": str(uuid4()), "numero_allocataire": numero, "ouverte_a": a, "expire_a": a + HEURES_S}
            for numero in numeros
        ]  # fmt: skip
        with self.engine.begin() as connexion:
            connexion.execute(insert(consultations), lignes)
        fichier = self.dossier / f"chemins-{uuid4().hex}"
        fichier.write_text("".join(f"/cdap/v1/consultations/{ligne['id']}/rubriques/{RUBRIQUE}\n" for ligne in lignes))
        return fichier

    def tirer(self, port: int, chemins: Path, connexions: int = CONNEXIONS, secondes: float = FENETRE_S) -> Tir:
        """Load on whoever listens there."""
        entetes = {"Authorization": f"Bearer {self.jeton}"}
        return tirer(f"http://127.0.0.1:{port}", secondes, connexions=connexions, entetes=entetes, chemins=chemins)

    @contextmanager
    def cdap(self, chemins: Path) -> Iterator[tuple[int, int]]:
        """Ours: its port and the pid of gunicorn, whose only child is the worker."""
        port = port_libre()
        mesures = self.dossier / f"metriques-{port}"
        mesures.mkdir()
        env = environnement(self.dossier, self.url) | {
            "MCP_BIND_PORT": str(port), "MCP_OUVRIERS": "1", "PROMETHEUS_MULTIPROC_DIR": str(mesures),
        }  # fmt: skip
        with lancer(python("cdap", "web"), port, SUJET, self.dossier / "cdap.log", env) as pid:
            attendre_une_reponse(port)
            self.tirer(port, chemins, secondes=ELAN_S)
            yield port, pid

    @contextmanager
    def plain(self, courtier: str, chemins: Path) -> Iterator[int]:
        """The plain stack's: its port."""
        port = port_libre()
        env = {"CLE": str(self.cle), "BASE": self.url, "COURTIER": courtier, "PYTHONPATH": str(REFERENCES)}
        options = ["-w1", "-k", "uvicorn_worker.UvicornWorker", "-b", f"127.0.0.1:{port}", "service_plain:app"]
        commande = python("gunicorn", "--no-control-socket", "--log-level", "warning", *options)
        with lancer(commande, port, SUJET, self.dossier / "plain.log", env):
            attendre_une_reponse(port)
            self.tirer(port, chemins, secondes=ELAN_S)
            yield port


def environnement(dossier: Path, url: str) -> dict[str, str]:
    """For the commands of CDAP."""
    return {"MCP_VAR": str(dossier / "var"), "MCP_DATABASE_URL": url, "MCP_ISSUER": ISSUER}


@contextmanager
def base_migree(dossier: Path) -> Iterator[tuple[str, Engine]]:
    """An empty database of CDAP. Raises Manque."""
    exiger_les_images(POSTGRESQL)
    with postgresql(dossier, "cdap") as url:
        subprocess.run(python("cdap", "migrate"), env=os.environ | environnement(dossier, url), check=True)
        engine = ouvrir(url)
        yield url, engine
        engine.dispose()


@contextmanager
def scene(dossier: Path) -> Iterator[Scene]:
    """A database with generated dossiers. Raises Manque."""
    exiger(wrk="wrk", taskset="util-linux")
    signataire, cle = une_cle(dossier)
    signataire.deposer(dossier / "var" / "cdap" / "jwks.json")
    claims = un_utilisateur(un_groupe(organismes=(CAF,))).claims | {"exp": int(time.time()) + HEURES_S}
    with base_migree(dossier) as (url, engine):
        with engine.begin() as connexion:
            DepotsSql(connexion).dossiers.fusionner(list(engendrer(DOSSIERS, CAF, 1, jour_de(maintenant()))))
        yield Scene(dossier, url, engine, claims, signataire.signer(claims), cle)
