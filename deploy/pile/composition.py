"""docker-compose (1.29 or 2), called with the settings of `make up`; its `.env` makes a plain call find the same."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from local.coffre import ecrire_prive
from local.fins import Echec
from local.reglages import Reglages, lire

from pile import coffre
from pile.images import RACINE, TAG

PROJET = "mcp"


class Choix(Reglages):
    """The settings of `make run`; what belongs to the containers alone is in a folder of its own."""

    @property
    def demo_json(self) -> Path:
        """Where `make run` writes it too."""
        return self.var.parent / "demo.json"


def choisir() -> Choix:
    """Read them. Raises Echec."""
    lus = lire()
    return Choix(lus.port, lus.var.absolute() / "compose", lus.dossiers)


class Composition:
    """The containers of this checkout."""

    def __init__(self, choix: Choix) -> None:
        self._choix = choix
        self._compose = programme()

    def preparer(self) -> None:
        """Make secrets and `.env`, once."""
        coffre.garnir(self._choix.var / "secrets")
        lignes = {
            "COMPOSE_PROJECT_NAME": PROJET,
            "MCP_VAR": str(self._choix.var.parent),
            "MCP_PORT": str(self._choix.port),
            "MCP_ISSUER": self._choix.passerelle,
            "MCP_TAG": TAG,
        }
        ecrire_prive(RACINE / ".env", "".join(f"{nom}={valeur}\n" for nom, valeur in lignes.items()))

    def appeler(self, *mots: str, entree: bytes | None = None, echec: str | None = None) -> str:
        """The standard output of one call. Raises Echec with the sentence, if one is given."""
        fait = subprocess.run(
            [*self._compose, *mots], cwd=RACINE, env=os.environ | {"COMPOSE_PROJECT_NAME": PROJET},
            input=entree, capture_output=True, check=False,
        )  # fmt: skip
        if fait.returncode and echec:
            detail = fait.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise Echec(f"{echec} {' '.join(detail)}")
        return fait.stdout.decode(errors="replace")

    def conteneurs(self) -> Mapping[str, str]:
        """Service of the composition → name of its running container."""
        filtre = f"label=com.docker.compose.project={PROJET}"
        forme = '{{.Label "com.docker.compose.service"}} {{.Names}}'
        lu = subprocess.run(
            ["docker", "ps", "--filter", filtre, "--format", forme], capture_output=True, text=True, check=False
        )
        return dict(ligne.split(" ", 1) for ligne in lu.stdout.splitlines() if " " in ligne)

    def pas_prets(self) -> list[str]:
        """The containers with a probe that are not well."""
        noms = list(self.conteneurs().values())
        lu = subprocess.run(["docker", "inspect", *noms], capture_output=True, text=True, check=False)
        etats = {fiche["Name"].lstrip("/"): fiche["State"] for fiche in json.loads(lu.stdout or "[]")}
        return sorted(
            nom for nom, etat in etats.items() if etat.get("Health", {}).get("Status", "healthy") != "healthy"
        )


def descendre(choix: Choix) -> None:
    """`make down`: stop and remove everything, volumes and secrets included."""
    composition = Composition(choix)
    composition.appeler("down", "--volumes", "--remove-orphans", echec="La composition n’a pas pu être arrêtée.")
    choix.demo_json.unlink(missing_ok=True)
    shutil.rmtree(choix.var, ignore_errors=True)
    (RACINE / ".env").unlink(missing_ok=True)


def programme() -> list[str]:
    """Compose of version 2 where there is one, else docker-compose. Raises Echec."""
    if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        raise Echec("Docker ne répond pas : il faut un Docker Engine que cet utilisateur peut appeler.")
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0:
        return ["docker", "compose"]
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    raise Echec("Docker Compose est introuvable (docker compose, ou docker-compose 1.29 ou plus).")
