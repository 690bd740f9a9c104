"""One house for each folder.

Invariant: the lock belongs to the open file, which every process of the launcher inherits as its standard input;
it is free again only when launcher and manager are both gone.
"""

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from local.fins import ArretDemande, Echec

NOM = ".verrou"
PATIENCE_S = 12.0


@contextlib.contextmanager
def prendre(var: Path, arret: threading.Event) -> Iterator[IO[str]]:
    """Hold the folder. Where its launcher is dead, wait until what it left has stopped.

    Raises Echec where somebody else holds it, ArretDemande.
    """
    with (var / NOM).open("a+", encoding="ascii") as fichier:
        _verrouiller(fichier, var, arret)
        fichier.truncate(0)
        noter(fichier, os.getpid())
        yield fichier


def noter(fichier: IO[str], pid: int) -> None:
    """Write down one more process that holds the lock: the launcher first, then the manager."""
    fichier.write(f"{pid}\n")
    fichier.flush()


def vit(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _verrouiller(fichier: IO[str], var: Path, arret: threading.Event) -> None:
    fin = time.monotonic() + PATIENCE_S
    while not _libre(fichier):
        lanceur, *autres = _tenants(fichier) or [0]
        if lanceur and vit(lanceur):
            raise Echec(
                f"Le dossier {var} sert déjà à un autre « make run » (processus {lanceur}). Arrêtez-le, ou choisissez "
                "un autre dossier et un autre port : MCP_VAR=ailleurs MCP_PORT=8001 make run"
            )
        if time.monotonic() > fin:
            restent = " ".join(str(pid) for pid in autres if vit(pid))
            raise Echec(
                f"Un « make run » interrompu tient encore le dossier {var}. Arrêtez ce qu’il en reste "
                f"(kill {restent or '…'}), puis recommencez."
            )
        if arret.wait(0.1):
            raise ArretDemande


def _libre(fichier: IO[str]) -> bool:
    try:
        fcntl.flock(fichier, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _tenants(fichier: IO[str]) -> list[int]:
    fichier.seek(0)
    return [int(mot) for mot in fichier.read().split() if mot.isdigit()]
