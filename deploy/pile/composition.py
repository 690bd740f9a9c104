"""docker-compose (1.29 or 2), called with the settings of `make up`; its `.env` makes a plain call find the same.

A second house on the same machine has its own `COMPOSE_PROJECT_NAME`, `MCP_VAR`, `MCP_PORT` and `MCP_RESEAU`; the
`.env` of the checkout is left to the first.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from local.coffre import ecrire_prive
from local.fins import Echec
from local.processus import CAFS, SERVICES
from local.reglages import Reglages, lire

from pile import coffre
from pile.images import RACINE, TAG

PREMIER = "mcp"
PROJET = os.environ.get("COMPOSE_PROJECT_NAME") or PREMIER
RESEAU = os.environ.get("MCP_RESEAU") or "10.77"
"""The first two numbers of the addresses of its networks."""

ECRITS = ("MCP_VAR", "MCP_PORT", "MCP_RESEAU")
"""What the environment of a call does not say again: it would count for more than what was written down."""


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

    def preparer(self, *, demonstration: bool = False) -> None:
        """Make the secrets, once; write down the settings, with the Cafs of the demonstration if they are asked."""
        coffre.garnir(self._choix.var / "secrets")
        if demonstration and not self._cafs.exists():
            coffre.remettre(self._cafs, CAFS.read_text(encoding="utf-8"))
        tags = self._tags()
        self._ecrire(dict.fromkeys(tags, TAG) if demonstration and os.environ.get("MCP_TAG") else tags)

    def retenir(self, service: str, tag: str) -> None:
        """From now on this service is of that version, and the others of theirs."""
        self._ecrire(self._tags() | {_variable(service): tag})

    def tag(self, service: str) -> str:
        """The version that a service is of."""
        return self._tags()[_variable(service)]

    @property
    def reglages(self) -> Path:
        """What a call of docker-compose needs to know, as its `--env-file`; no secret stands there."""
        return self._choix.var / "composition.env"

    @property
    def _cafs(self) -> Path:
        """The Cafs of the demonstration, where the container of cdap reads them."""
        return self._choix.var / "secrets" / "cdap" / "cafs.yaml"

    def _tags(self) -> dict[str, str]:
        """The version of each service, and of what is none: as it was written down, or that of this checkout. To build
        another one (`MCP_TAG=… make images`) puts nothing in its place."""
        lus = dict.fromkeys(("MCP_TAG", *map(_variable, SERVICES)), TAG)
        if self.reglages.exists():
            dits = dict(ligne.split("=", 1) for ligne in self.reglages.read_text("utf-8").splitlines())
            lus |= {nom: valeur for nom, valeur in dits.items() if nom in lus}
        return lus

    def _ecrire(self, tags: Mapping[str, str]) -> None:
        lignes = {
            "COMPOSE_PROJECT_NAME": PROJET,
            "MCP_VAR": str(self._choix.var.parent),
            "MCP_PORT": os.environ.get("MCP_PORTS") or str(self._choix.port),
            "MCP_ISSUER": self._choix.passerelle,
            "MCP_RESEAU": RESEAU,
            **({"MCP_CAFS": f"/run/secrets/{self._cafs.name}"} if self._cafs.exists() else {}),
            **tags,
        }
        texte = "".join(f"{nom}={valeur}\n" for nom, valeur in lignes.items())
        for fichier in [self.reglages, *([RACINE / ".env"] if PROJET == PREMIER else [])]:
            ecrire_prive(fichier, texte)

    def appeler(self, *mots: str, entree: bytes | None = None, echec: str | None = None) -> str:
        """The standard output of one call. Raises Echec with the sentence, if one is given."""
        dits = ["--env-file", str(self.reglages)] if self.reglages.exists() else []
        tus = {nom: valeur for nom, valeur in os.environ.items() if nom not in ECRITS and "MCP_TAG" not in nom}
        fait = subprocess.run(
            [*self._compose, "-f", str(RACINE / "docker-compose.yml"), *dits, *mots], cwd=RACINE,
            env=tus | {"COMPOSE_PROJECT_NAME": PROJET}, input=entree, capture_output=True, check=False,
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

    def tous(self, service: str, *options: str) -> list[str]:
        """The ids of its containers that run; with `-a`, of all."""
        filtres = [f"label=com.docker.compose.{cle}" for cle in (f"project={PROJET}", f"service={service}")]
        mots = [mot for filtre in filtres for mot in ("--filter", filtre)]
        lu = subprocess.run(
            ["docker", "ps", "-q", "--no-trunc", *options, *mots], capture_output=True, text=True, check=False
        )
        return lu.stdout.split()

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
    if PROJET == PREMIER:
        (RACINE / ".env").unlink(missing_ok=True)


def _variable(service: str) -> str:
    return f"MCP_TAG_{service.upper()}"


def programme() -> list[str]:
    """Compose of version 2 where there is one, else docker-compose. Raises Echec."""
    if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        raise Echec("Docker ne répond pas : il faut un Docker Engine que cet utilisateur peut appeler.")
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0:
        return ["docker", "compose"]
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    raise Echec("Docker Compose est introuvable (docker compose, ou docker-compose 1.29 ou plus).")
