"""The database and the broker of the production shape, from the images of `make images`, on the core of the load.

The data of PostgreSQL lie in a volume of Docker on the disk: a commit waits for it. Everything is removed at the end.
"""

import json
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from charge.procede import RESTE, Manque, attendre_le_port

POSTGRESQL, RABBITMQ = "mcp/postgresql:local", "mcp/rabbitmq:local"
PRET_S = 60.0


def exiger_les_images(*images: str) -> None:
    """Raises Manque without Docker, or without one of them."""
    if shutil.which("docker") is None or subprocess.run(["docker", "info"], capture_output=True).returncode:
        raise Manque("il manque Docker")
    absentes = [i for i in images if subprocess.run(["docker", "image", "inspect", i], capture_output=True).returncode]
    if absentes:
        raise Manque(f"il manque {', '.join(absentes)} (make images)")


@contextmanager
def postgresql(dossier: Path, base: str) -> Iterator[str]:
    """A server with an empty database of that name: its address with its owner's password."""
    mots = {role: secrets.token_urlsafe(24) for role in ("owner", "app", "relay")}
    with _conteneur(dossier / f"postgresql-{base}", POSTGRESQL, mots, "-e", f"MCP_BASE={base}") as adresse:
        url = f"postgresql+psycopg://mcp_owner:{mots['owner']}@{adresse}/{base}"
        serveur = create_engine(url, hide_parameters=True)
        fin = time.monotonic() + PRET_S
        while True:
            try:
                serveur.connect().close()
                break
            except OperationalError:
                assert time.monotonic() < fin, "PostgreSQL did not start"
                time.sleep(0.2)
        serveur.dispose()
        yield url


@contextmanager
def rabbitmq(dossier: Path) -> Iterator[str]:
    """A broker with one durable exchange `evenements` and one quorum queue behind it: its address."""
    mot = secrets.token_urlsafe(24)
    droits = {"vhost": "/", "user": "pile", "configure": "", "write": ".*", "read": ""}
    definitions = {
        "vhosts": [{"name": "/"}],
        "users": [{"name": "pile", "password": mot, "tags": ""}],
        "permissions": [droits],
        "exchanges": [{"vhost": "/", "name": "evenements", "type": "topic", "durable": True}],
        "queues": [{"vhost": "/", "name": "audit", "durable": True, "arguments": {"x-queue-type": "quorum"}}],
        "bindings": [{"vhost": "/", "source": "evenements", "destination": "audit", "destination_type": "queue",
                      "routing_key": "#"}],
    }  # fmt: skip
    fichiers = {"definitions.json": json.dumps(definitions)}
    with _conteneur(dossier / "rabbitmq", RABBITMQ, fichiers, "--hostname", "courtier") as adresse:
        attendre_le_port(5672, None, hote=adresse)
        yield f"amqp://pile:{mot}@{adresse}//"


@contextmanager
def courtier(dossier: Path, definitions: str) -> Iterator[str]:
    """A broker with the definitions of the house: its address, without who connects."""
    with _conteneur(dossier / "courtier", RABBITMQ, {"definitions.json": definitions}, "--hostname", "maison") as ou:
        attendre_le_port(5672, None, hote=ou)
        yield f"amqp://{ou}:5672/mcp"


@contextmanager
def _conteneur(dossier: Path, image: str, fichiers: dict[str, str], *options: str) -> Iterator[str]:
    """A container that has these secrets; its address. Its volumes go with it."""
    dossier.mkdir(mode=0o755)
    for nom, contenu in fichiers.items():
        (dossier / nom).write_text(contenu)
        (dossier / nom).chmod(0o444)
    commande = ["docker", "run", "-d", f"--cpuset-cpus={RESTE}", "-v", f"{dossier}:/run/secrets:ro", *options, image]
    nom = subprocess.run(commande, check=True, capture_output=True, text=True).stdout.strip()
    try:
        forme = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        vu = subprocess.run(["docker", "inspect", "-f", forme, nom], check=True, capture_output=True, text=True)
        yield vu.stdout.strip()
    finally:
        subprocess.run(["docker", "rm", "-fv", nom], capture_output=True)
