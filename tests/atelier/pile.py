"""The house in production shape: the containers of `make up`, seen as the tests see the house of `make run`.

`MCP_MAISON=composition` makes the whole-system tests play on it instead: the same tests, not copies.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from atelier.maison import RACINE, Maison

VARIABLE = "MCP_MAISON"
MONTAGE_S = 900


def demandee() -> bool:
    """Whether the tests are to be played on containers."""
    return os.environ.get(VARIABLE) == "composition"


class Pile(Maison):
    """A running composition; `make images` has made, or makes, what it stands on."""

    def demarrer(self) -> "Pile":
        """`make up`."""
        self._faire("monter")
        return self

    def arreter(self, numero: int = signal.SIGTERM) -> int:
        """`make down`."""
        self._faire("descendre")
        return 0

    @property
    def courriels(self) -> Path:
        """Where the mails are copied to, each time that they are looked for."""
        ici = self.var / "compose" / "courriels"
        self.docker("cp", f"{self.conteneur('identity-relay')}:/var/lib/mcp/courriels/.", str(ici))
        return ici

    def attendre(self, condition: Any, secondes: float) -> None:
        """Wait until it holds; containers need longer than processes."""
        super().attendre(condition, 3 * secondes)

    def conteneur(self, nom: str) -> str:
        """The container of a service of the composition."""
        return next(str(p["conteneur"]) for p in self.demo["processus"] if p["nom"] == nom)

    def docker(self, *mots: str) -> subprocess.CompletedProcess[str]:
        """One call of docker."""
        return subprocess.run(["docker", *mots], capture_output=True, text=True, timeout=120)

    def tuer(self, nom: str) -> bool:
        """SIGKILL a container, and start it again, as its restart policy does for a process that dies by itself."""
        conteneur = self.conteneur(nom)
        mort = self.docker("kill", "-s", "KILL", conteneur).returncode == 0
        return self.docker("start", conteneur).returncode == 0 and mort

    def psql(self, service: str, role: str, ordre: str) -> subprocess.CompletedProcess[str]:
        """Run SQL in the database of a service, as one of its roles."""
        mot = (self.var / "compose" / "secrets" / f"{service}-base" / role).read_text()
        return self.docker(
            "exec", "-e", f"PGPASSWORD={mot}", self.conteneur(f"{service}-base"),
            "psql", "-X", "-t", "-A", "-h", "127.0.0.1", "-U", f"mcp_{role}", "-d", service, "-c", ordre,
        )  # fmt: skip

    def commande(self, *mots: str) -> subprocess.CompletedProcess[str]:
        """A command of a service, in its container; files that it names are put there first."""
        service, *suite = mots
        dedans = [self._deposer(service, Path(mot)) if Path(mot).is_absolute() else mot for mot in suite]
        return self.docker("exec", self.conteneur(service), "service", *dedans)

    def _deposer(self, service: str, chemin: Path) -> str:
        """The path in the container: its `/tmp` is in memory, where `docker cp` cannot write."""
        tar = subprocess.run(["tar", "-c", "-C", str(chemin.parent), chemin.name], capture_output=True, check=True)
        dedans = ["docker", "exec", "-i", self.conteneur(service), "tar", "-x", "--no-same-owner", "-C", "/tmp"]
        subprocess.run(dedans, input=tar.stdout, check=True, timeout=120)
        return f"/tmp/{chemin.name}"

    def _faire(self, ordre: str) -> None:
        fait = subprocess.run(
            [sys.executable, "-m", "pile", ordre], env=self.env, cwd=RACINE, capture_output=True, text=True,
            timeout=MONTAGE_S,
        )  # fmt: skip
        assert fait.returncode == 0, fait.stdout[-2000:] + fait.stderr[-2000:]
