"""Files that are whole or absent, and readable by their owner only unless it is said."""

import contextlib
import os
from pathlib import Path


def ecrire(chemin: Path, octets: bytes, mode: int = 0o600) -> None:
    """Write a file under a name of this process, then give it its own name; what was there is replaced.

    It never has that name with another `mode`. When this returns the file outlives a loss of power, its name included.
    """
    chemin.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    provisoire = chemin.parent / f".{chemin.name}.{os.getpid()}"
    try:
        _remplir(provisoire, octets, mode)
        provisoire.replace(chemin)
    finally:
        provisoire.unlink(missing_ok=True)
    retenir(chemin.parent)


def creer_si_absent(chemin: Path, octets: bytes) -> None:
    """Write a file that does not exist yet, whole; where somebody else is first, that one stays."""
    if chemin.exists():
        return
    complet = chemin.parent / f".{chemin.name}.{os.getpid()}.neuf"
    ecrire(complet, octets)
    with contextlib.suppress(FileExistsError):
        os.link(complet, chemin)
    complet.unlink()


def retenir(dossier: Path) -> None:
    """Have the names in a folder written to the disk: a new file is there once its folder is."""
    descripteur = os.open(dossier, os.O_RDONLY)
    try:
        os.fsync(descripteur)
    finally:
        os.close(descripteur)


def _remplir(chemin: Path, octets: bytes, mode: int) -> None:
    descripteur = os.open(chemin, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descripteur, "wb") as fichier:
        os.fchmod(descripteur, mode)
        fichier.write(octets)
        fichier.flush()
        os.fsync(descripteur)
