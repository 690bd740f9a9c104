"""A PostgreSQL server of the tests' own, on a port of 127.0.0.1, where this machine has its programs."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import URL, make_url

from atelier.bases import VARIABLE
from atelier.certificats import Paire
from atelier.maison import port_libre

PROGRAMMES = Path("/usr/lib/postgresql/15/bin")
UTILISATEUR = "postgres"
PROPRIETAIRE = "mcp_owner"
MOT_DE_PASSE = "premier"
ATTENTE_S = 120


class Grappe:
    """A cluster with one user, who may do anything, and the database `essai`."""

    def __init__(self, dossier: Path, utilisateur: str) -> None:
        self._dossier = dossier
        self._utilisateur = utilisateur
        self.port = port_libre()

    @property
    def adresse(self) -> str:
        """Where it is, without who connects."""
        return URL.create("postgresql", host="127.0.0.1", port=self.port, database="essai").render_as_string()

    def creer(self) -> None:
        """Make the cluster, and start it without TLS."""
        mot = self._dossier / "mot"
        mot.write_text(MOT_DE_PASSE)
        mot.chmod(0o644)
        self._faire(
            "initdb",
            "-U",
            self._utilisateur,
            "--auth=scram-sha-256",
            "--no-sync",
            f"--pwfile={mot}",
            "-D",
            self._donnees,
        )
        self.demarrer()
        self.sql("CREATE DATABASE essai", base="postgres")

    def demarrer(self, paire: Paire | None = None) -> None:
        """Start it, again if it runs; with a certificate it serves TLS."""
        self.arreter()
        reglages = [
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={self._dossier}",
            "fsync=off",
        ]
        if paire is not None:
            for fichier, nom in zip(paire, ("serveur.crt", "serveur.key"), strict=True):
                ici = self._dossier / nom
                shutil.copyfile(fichier, ici)
                ici.chmod(0o600)
                _donner(ici)
                reglages.append(f"ssl_{'cert' if nom.endswith('crt') else 'key'}_file={ici}")
            reglages.append("ssl=on")
        options = " ".join(f"-c {reglage}" for reglage in reglages)
        journal = f"{self._dossier}/journal"
        attente = ("-w", "-s", "-t", str(ATTENTE_S), "-l", journal)
        self._faire("pg_ctl", *attente, "-o", options, "-D", self._donnees, "start")

    def arreter(self) -> None:
        """Stop it, if it runs."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._faire("pg_ctl", "-w", "-s", "-m", "immediate", "-D", self._donnees, "stop")

    def sql(self, ordre: str, base: str = "essai", mot: str = MOT_DE_PASSE) -> None:
        """Run one statement, over the socket of the machine."""
        ici = ("-h", str(self._dossier), "-p", str(self.port), "-U", self._utilisateur, "-d", base)
        self._faire("psql", "-X", "-q", *ici, "-c", ordre, mot=mot)

    @property
    def _donnees(self) -> str:
        return str(self._dossier / "donnees")

    def _faire(self, programme: str, *mots: str, mot: str = "") -> None:
        subprocess.run(
            [*_en_tant_que(), str(PROGRAMMES / programme), *mots], check=True, timeout=2 * ATTENTE_S, cwd=self._dossier,
            env=os.environ | {"PGPASSWORD": mot, "LC_ALL": "C.UTF-8"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


@contextlib.contextmanager
def grappe(utilisateur: str = "mcp_app") -> Iterator[Grappe]:
    """A running cluster, gone at the end; the test is skipped where PostgreSQL is not installed."""
    if not (PROGRAMMES / "initdb").exists():
        pytest.skip(f"no PostgreSQL server in {PROGRAMMES}")
    dossier = Path(mkdtemp(prefix="mcp-postgres-"))
    _donner(dossier)
    ici = Grappe(dossier, utilisateur)
    try:
        ici.creer()
        yield ici
    finally:
        ici.arreter()
        shutil.rmtree(dossier, ignore_errors=True)


@contextlib.contextmanager
def modele() -> Iterator[str]:
    """The address of an empty database that may be copied: the environment’s, or that of a cluster of its own."""
    if donne := os.environ.get(VARIABLE):
        yield donne
    else:
        with grappe(PROPRIETAIRE) as ici:  # migrations look for the other roles, and give them what is theirs
            nomme = make_url(ici.adresse).set(username=PROPRIETAIRE, password=MOT_DE_PASSE)
            yield nomme.render_as_string(hide_password=False)


def _en_tant_que() -> list[str]:
    """PostgreSQL refuses to be root."""
    return ["runuser", "-u", UTILISATEUR, "--"] if os.getuid() == 0 else []


def _donner(chemin: Path) -> None:
    if os.getuid() == 0:
        shutil.chown(chemin, UTILISATEUR)
