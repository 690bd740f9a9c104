"""`make images`: the Debian base, one Python base, database, broker, our packages, a thin image for each service."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from local.fins import Echec
from local.processus import SERVICES

RACINE = Path(__file__).resolve().parents[2]
IMAGES = "deploy/images"
EQUIPE = 3
TAG = os.environ.get("MCP_TAG") or "local"


@dataclass(frozen=True)
class Image:
    """One image: its name, its Dockerfile, the stage that it is, and its build arguments."""

    nom: str
    dockerfile: str
    etape: str | None = None
    arguments: tuple[tuple[str, str], ...] = ()

    @property
    def reference(self) -> str:
        """Name and tag."""
        return f"mcp/{self.nom}:{TAG}"


def toutes() -> tuple[Image, ...]:
    """Every image, each after those that it stands on."""
    return (
        Image("outils", f"{IMAGES}/python/Dockerfile", "outils"),
        Image("python", f"{IMAGES}/python/Dockerfile", "execution"),
        Image("postgresql", f"{IMAGES}/postgresql/Dockerfile"),
        Image("rabbitmq", f"{IMAGES}/rabbitmq/Dockerfile"),
        Image("paquets", f"{IMAGES}/paquets/Dockerfile", arguments=(("OUTILS", f"mcp/outils:{TAG}"),)),
        *map(_du_service, SERVICES),
    )


def fabriquer() -> None:
    """Build what is missing or has changed; Docker's own cache knows which. Raises Echec, naming the image."""
    base = subprocess.run([f"{RACINE}/{IMAGES}/base.sh"], check=False)
    if base.returncode:
        raise Echec("L’image de base n’a pas pu être faite.")
    socles, services = toutes()[: -len(SERVICES)], toutes()[-len(SERVICES) :]
    for image in socles:
        _fabriquer(image)
    with ThreadPoolExecutor(EQUIPE) as equipe:
        list(equipe.map(_fabriquer, services))


def absentes() -> list[str]:
    """The images that `make up` needs and that are not there."""
    return [image.reference for image in toutes() if not _existe(image.reference)]


def _fabriquer(image: Image) -> None:
    debut = time.monotonic()
    arguments = [mot for nom, valeur in image.arguments for mot in ("--build-arg", f"{nom}={valeur}")]
    etape = ["--target", image.etape] if image.etape else []
    fait = subprocess.run(
        ["docker", "build", "-q", "-t", image.reference, "-f", image.dockerfile, *etape, *arguments, "."],
        cwd=RACINE, env=os.environ | {"DOCKER_BUILDKIT": os.environ.get("DOCKER_BUILDKIT", "0")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if fait.returncode:
        sys.stderr.write(fait.stdout[-2000:] + fait.stderr[-4000:])
        raise Echec(f"L’image {image.reference} n’a pas pu être faite.")
    sys.stdout.write(f"  {image.reference} ({time.monotonic() - debut:.0f} s)\n")
    sys.stdout.flush()


def _du_service(service: str) -> Image:
    arguments = {
        "SERVICE": service,
        "VERSION": version(f"mcp-{service}"),
        "COMMIT": _commit(),
        "BASE": f"mcp/python:{TAG}",
        "PAQUETS": f"mcp/paquets:{TAG}",
    }
    return Image(service, f"{IMAGES}/service/Dockerfile", arguments=tuple(arguments.items()))


def _commit() -> str:
    lu = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], cwd=RACINE, capture_output=True, text=True, check=False
    )
    return lu.stdout.strip() or "inconnu"


def _existe(reference: str) -> bool:
    return subprocess.run(["docker", "image", "inspect", reference], capture_output=True, check=False).returncode == 0
