"""The house in production shape: the containers of `make up`, seen as the tests see the house of `make run`.

Invariant: it has project, port, networks and folder of its own, so that it never meets a developer's `make up`; what
a session that was killed left is removed by the next one.
"""

import contextlib
import ipaddress
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from atelier.maison import RACINE, Maison
from atelier.repartiteur import Repartiteur

PREFIXE = "mcp-essais-"
MONTAGE_S = 900
TRAVAUX_S = 180
LIEU = "/var/lib/mcp"
PORTS = range(20_000, 30_000, 2)


def docker_repond() -> bool:
    """Whether there is a Docker that we may call."""
    return shutil.which("docker") is not None and _docker("info").returncode == 0


class Pile(Maison):
    """A running composition; `make images` has made, or makes, what it stands on."""

    lenteur = 3

    def __init__(self, var: Path, dossiers: int = 60) -> None:
        super().__init__(var, dossiers)
        self.projet = f"{PREFIXE}{os.getpid()}"
        self.env |= {"COMPOSE_PROJECT_NAME": self.projet, "MCP_RESEAU": _reseau_libre(), "MCP_PORTS": _ports_voisins()}
        self._repartiteur = Repartiteur(self.port, self._passerelles)

    @property
    def compose(self) -> str:
        """The program, as a shell is told it."""
        return "docker compose" if _docker("compose", "version").returncode == 0 else "docker-compose"

    @property
    def reglages(self) -> Path:
        """What docker-compose needs to know of it."""
        return self.var / "compose" / "composition.env"

    def preparer(self) -> None:
        """`make images`: what is missing or has changed is built; secrets and settings are written."""
        self.faire("images", "--demonstration")

    def demarrer(self) -> "Pile":
        """`make up`."""
        debut = time.monotonic()
        self._repartiteur.ouvrir()
        self.faire("monter")
        self.duree_s = time.monotonic() - debut
        return self

    def arreter(self, numero: int = signal.SIGTERM) -> int:
        """`make down`, however little of it there is."""
        self._repartiteur.fermer()
        retirer(self.projet)
        return 0

    def faire(self, *ordre: str) -> str:
        """One order to `python -m pile`, which must succeed; what it says."""
        fait = subprocess.run(
            [sys.executable, "-m", "pile", *ordre], env=self.env, cwd=RACINE, capture_output=True, text=True,
            timeout=MONTAGE_S,
        )  # fmt: skip
        assert fait.returncode == 0, fait.stdout[-2000:] + fait.stderr[-2000:]
        return fait.stdout

    @property
    def courriels(self) -> Path:
        """Where the mails are copied to, each time that they are looked for."""
        self._copier("cdap-relay", f"{LIEU}/courriels", "courriels")
        return self._copier("identity-relay", f"{LIEU}/courriels", "courriels")

    @property
    def courriers(self) -> Path:
        """Where the letters to be posted are copied to."""
        return self._copier("cdap-relay", f"{LIEU}/courriers", "courriers")

    @property
    def coffre(self) -> Path:
        """A copy of what identity keeps for itself."""
        return self._copier("identity", f"{LIEU}/coffre", "coffre")

    @property
    def journaux(self) -> dict[str, str]:
        """What each container has said."""
        dits = {}
        for nom in self.conteneurs("-a"):
            lus = self.docker("logs", self.conteneur(nom))
            dits[nom] = lus.stdout + lus.stderr
        assert len(dits) >= 20
        return dits

    @property
    def adresse_des_clients(self) -> str:
        """The machine, as the public network knows it."""
        lu = self.docker("network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", f"{self.projet}_porte")
        return lu.stdout.strip() or self._premiere_adresse()

    def base(self, service: str) -> str:
        """The URL of the database of a service, as its `app` role."""
        mot = self._secret(service, "app")
        return f"postgresql://mcp_app:{mot}@{self.adresse(f'{service}-base')}/{service}"

    def adresse(self, nom: str, reseau: str = "") -> str:
        """An address at which this machine reaches a container, on that network or any."""
        reseaux = self._reseaux(self.conteneur(nom))
        return str(next(r["IPAddress"] for n, r in reseaux.items() if n.endswith(reseau) and r["IPAddress"]))

    def conteneurs(self, *options: str) -> list[str]:
        """The services of the composition that have a container."""
        filtre = ("--filter", f"label=com.docker.compose.project={self.projet}")
        lus = self.docker("ps", *options, *filtre, "--format", '{{.Label "com.docker.compose.service"}}')
        return sorted(set(lus.stdout.split()))

    def conteneur(self, nom: str) -> str:
        """The container of a service of the composition, the newest one."""
        filtres = [f"label=com.docker.compose.{cle}" for cle in (f"project={self.projet}", f"service={nom}")]
        lus = self.docker("ps", "-aq", *(mot for filtre in filtres for mot in ("--filter", filtre))).stdout.split()
        assert lus, f"no container of {nom}"
        return lus[0]

    def docker(self, *mots: str) -> subprocess.CompletedProcess[str]:
        """One call of docker."""
        return _docker(*mots)

    def sain(self, nom: str) -> bool:
        """Whether it runs, and its probe says that it is well, if it has one."""
        etat = json.loads(self.docker("inspect", "-f", "{{json .State}}", self.conteneur(nom)).stdout or "{}")
        return bool(etat.get("Running")) and etat.get("Health", {}).get("Status", "healthy") == "healthy"

    def tuer(self, nom: str) -> bool:
        """SIGKILL a container, and start it again, as its restart policy does for a process that dies by itself."""
        conteneur = self.conteneur(nom)
        mort = self.docker("kill", "-s", "KILL", conteneur).returncode == 0
        return self.docker("start", conteneur).returncode == 0 and mort

    @contextlib.contextmanager
    def mort(self, nom: str) -> Iterator[None]:
        """One of the containers has just been killed; in the end it is started again."""
        conteneur = self.conteneur(nom)
        assert self.docker("kill", "-s", "KILL", conteneur).returncode == 0
        try:
            yield
        finally:
            self.docker("start", conteneur)

    @contextlib.contextmanager
    def fige(self, nom: str) -> Iterator[None]:
        """One of the containers neither runs nor ends."""
        conteneur = self.conteneur(nom)
        assert self.docker("pause", conteneur).returncode == 0
        try:
            yield
        finally:
            self.docker("unpause", conteneur)

    def psql(self, service: str, role: str, ordre: str) -> subprocess.CompletedProcess[str]:
        """Run SQL in the database of a service, as one of its roles."""
        return self.docker(
            "exec", "-e", f"PGPASSWORD={self._secret(service, role)}", self.conteneur(f"{service}-base"),
            "psql", "-X", "-t", "-A", "-h", "127.0.0.1", "-U", f"mcp_{role}", "-d", service, "-c", ordre,
        )  # fmt: skip

    def commande(self, *mots: str) -> subprocess.CompletedProcess[str]:
        """A command of a service, in its container; files that it names are put there first."""
        service, *suite = mots
        dedans = [self._deposer(service, Path(mot)) if Path(mot).is_absolute() else mot for mot in suite]
        return self.docker("exec", self.conteneur(service), "service", *dedans)

    def verifier_le_journal(self) -> subprocess.CompletedProcess[str]:
        """What `make verify` does: the witnesses are copied first."""
        temoins = self._copier("audit-relay", "/var/lib/temoins", "temoins")
        journal = self.var / "journal.ndjson"
        rendu = self.commande("audit", "exporter")
        assert rendu.returncode == 0, rendu.stderr
        journal.write_text(rendu.stdout, encoding="utf-8")
        verificateur = RACINE / "audit-service" / "verificateur" / "verifier.py"
        mots = [sys.executable, "-I", str(verificateur), str(journal), "--temoins", str(temoins)]
        return subprocess.run(mots, capture_output=True, text=True, timeout=TRAVAUX_S)

    def _copier(self, conteneur: str, chemin: str, nom: str) -> Path:
        """A folder of a container, copied over its last copy."""
        ici = self.var / "compose" / "copies" / nom
        ici.mkdir(parents=True, exist_ok=True)
        self.docker("cp", f"{self.conteneur(conteneur)}:{chemin}/.", str(ici))
        return ici

    def _passerelles(self) -> list[tuple[str, int]]:
        """Where the gateways are that run: one that does not serve yet, or any more, refuses, and the other is tried.
        Health would be known some seconds too late: the old one leaves as soon as the new one is well."""
        filtres = [f"label=com.docker.compose.{cle}" for cle in (f"project={self.projet}", "service=gateway")]
        ids = self.docker("ps", "-q", *(mot for filtre in filtres for mot in ("--filter", filtre))).stdout.split()
        reseaux = [self._reseaux(id).get(f"{self.projet}_porte", {}) for id in ids]
        return [(reseau["IPAddress"], 8000) for reseau in reseaux if reseau.get("IPAddress")]

    def _secret(self, service: str, role: str) -> str:
        return (self.var / "compose" / "secrets" / f"{service}-base" / role).read_text()

    def _reseaux(self, conteneur: str) -> dict[str, Any]:
        lus = self.docker("inspect", "-f", "{{json .NetworkSettings.Networks}}", conteneur).stdout
        reseaux: dict[str, Any] = json.loads(lus or "{}")
        return reseaux

    def _premiere_adresse(self) -> str:
        lu = self.docker("network", "inspect", "-f", "{{(index .IPAM.Config 0).Subnet}}", f"{self.projet}_porte")
        return str(next(ipaddress.ip_network(lu.stdout.strip()).hosts()))

    def _deposer(self, service: str, chemin: Path) -> str:
        """The path in the container: its `/tmp` is in memory, where `docker cp` cannot write."""
        tar = subprocess.run(["tar", "-c", "-C", str(chemin.parent), chemin.name], capture_output=True, check=True)
        dedans = ["docker", "exec", "-i", self.conteneur(service), "tar", "-x", "--no-same-owner", "-C", "/tmp"]
        subprocess.run(dedans, input=tar.stdout, check=True, timeout=TRAVAUX_S)
        return f"/tmp/{chemin.name}"


def retirer_les_orphelins() -> None:
    """Remove what sessions left that are no more."""
    forme = '{{.Label "com.docker.compose.project"}}'
    projets = set(_docker("ps", "-a", "--format", forme).stdout.split())
    projets |= set(_docker("network", "ls", "--format", forme).stdout.split())
    for projet in projets:
        pid = projet.removeprefix(PREFIXE)
        if projet.startswith(PREFIXE) and not Path("/proc", pid.partition("-")[0]).exists():
            retirer(projet)


def retirer(projet: str) -> None:
    """Remove every container, volume and network of a project, whatever state they are in."""
    de_lui = ("--filter", f"label=com.docker.compose.project={projet}")
    for lister, oter in (
        (("ps", "-aq"), ("rm", "-fv")),
        (("volume", "ls", "-q"), ("volume", "rm", "-f")),
        (("network", "ls", "-q"), ("network", "rm")),
    ):
        if trouves := _docker(*lister, *de_lui).stdout.split():
            _docker(*oter, *trouves)


def _docker(*mots: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *mots], capture_output=True, text=True, timeout=TRAVAUX_S)


def _ports_voisins() -> str:
    """Two ports next to one another that are free, one for a gateway and one for its successor. None of those that the
    kernel gives to whoever connects somewhere: the second is taken minutes later."""
    for premier in random.sample(PORTS, len(PORTS)):
        with contextlib.ExitStack() as prises, contextlib.suppress(OSError):
            for port in (premier, premier + 1):
                prises.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return f"{premier}-{premier + 1}"
    raise AssertionError("no two ports are free")


def _reseau_libre() -> str:
    """The first two numbers of a /16 that no network of this Docker touches."""
    ids = _docker("network", "ls", "-q").stdout.split()
    lus = _docker("network", "inspect", "-f", "{{range .IPAM.Config}}{{.Subnet}} {{end}}", *ids).stdout.split()
    pris = [ipaddress.ip_network(lu) for lu in lus]
    for n in range(78, 255):
        if not any(ipaddress.ip_network(f"10.{n}.0.0/16").overlaps(reseau) for reseau in pris if reseau.version == 4):
            return f"10.{n}"
    raise AssertionError("no 10.N.0.0/16 is free")
