"""Secrets of the services, as files that only their owner reads; made once, never shown."""

import hashlib
import secrets
from collections.abc import Iterable
from pathlib import Path

from socle.fichiers import ecrire

PORTAIL = "portail"
"""The portal's name among the clients: its service token makes the gateway believe the address that it forwards."""


def garnir(dossier: Path, clients: Iterable[str]) -> None:
    """Make what is missing: each client's secret, and its print for identity, which never holds the secret."""
    for client in clients:
        secret = dossier / client / "client"
        if not secret.exists():
            ecrire_prive(secret, secrets.token_urlsafe(32))
        empreinte = hashlib.sha256(secret.read_text().strip().encode()).hexdigest()
        ecrire_prive(dossier / "identity" / "clients" / client, empreinte)


def ecrire_prive(chemin: Path, texte: str) -> None:
    """Replace a file at once by one that only its owner reads; it is on the disk when this returns."""
    ecrire(chemin, texte.encode())
