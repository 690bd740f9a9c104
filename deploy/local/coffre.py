"""Secrets of the services, as files that only their owner reads; made once, never shown."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

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
    chemin.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    provisoire = chemin.with_name(f".{chemin.name}.{os.getpid()}")
    try:
        _ecrire(provisoire, texte)
        provisoire.replace(chemin)
    finally:
        provisoire.unlink(missing_ok=True)
    _synchroniser(chemin.parent)


def _ecrire(chemin: Path, texte: str) -> None:
    descripteur = os.open(chemin, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descripteur, "w", encoding="utf-8") as fichier:
        fichier.write(texte)
        fichier.flush()
        os.fsync(fichier.fileno())


def _synchroniser(dossier: Path) -> None:
    """A new name is on the disk once its folder is."""
    descripteur = os.open(dossier, os.O_RDONLY)
    try:
        os.fsync(descripteur)
    finally:
        os.close(descripteur)
