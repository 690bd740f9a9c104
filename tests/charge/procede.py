"""Processes of the bench: each on a core of its own, ended by its own pid, and what is missing said by its name.

What is measured has one core (`SUJET`); the load, and everything that what is measured waits for, has the other
(`RESTE`): a subject is never slowed by its own load.
"""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from atelier.maison import RACINE, port_libre

__all__ = [
    "RESTE",
    "SUJET",
    "Manque",
    "attendre_le_port",
    "attendre_une_reponse",
    "exiger",
    "lancer",
    "port_libre",
    "python",
    "residente_mo",
]

_COEURS = sorted(os.sched_getaffinity(0))
SUJET, RESTE = _COEURS[0], _COEURS[-1]
PRET_S, FIN_S = 120.0, 12.0


class Manque(Exception):
    """Something that this subject needs is not on this machine; the message says what, and how to have it."""


def exiger(**programmes: str) -> None:
    """Programs, and the Debian package of each. Raises Manque."""
    absents = [f"{nom} (paquet Debian {paquet})" for nom, paquet in programmes.items() if _chemin(nom) is None]
    if absents:
        raise Manque(f"il manque {', '.join(absents)}")
    if SUJET == RESTE:
        raise Manque("il faut deux cœurs : un pour ce qui est mesuré, un pour la charge")


def _chemin(programme: str) -> str | None:
    """Where it is: Debian puts servers where an ordinary user's PATH does not go."""
    return shutil.which(programme, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def python(module: str, *mots: str) -> list[str]:
    """A command of this environment."""
    return [sys.executable, "-m", module, *mots]


@contextmanager
def lancer(
    commande: Sequence[str], port: int | None, coeur: int, sortie: Path, env: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Run it on a core until the block is left; ready once its port answers, if it has one. Gives its pid."""
    with sortie.open("ab") as journal:
        lance = subprocess.Popen(
            ["taskset", "-c", str(coeur), _chemin(commande[0]) or commande[0], *commande[1:]],
            env=os.environ | (env or {}), cwd=RACINE, stdout=journal, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        if port is not None:
            attendre_le_port(port, lance, sortie)
        yield lance.pid
    finally:
        lance.send_signal(signal.SIGTERM)
        try:
            lance.wait(FIN_S)
        except subprocess.TimeoutExpired:
            lance.kill()
            lance.wait()


def attendre_le_port(
    port: int, lance: subprocess.Popen[bytes] | None, sortie: Path | None = None, hote: str = "127.0.0.1"
) -> None:
    """Until something listens there. Raises AssertionError with the last lines of what was started."""
    fin = time.monotonic() + PRET_S
    while True:
        with socket.socket() as essai:
            if essai.connect_ex((hote, port)) == 0:
                return
        dit = sortie.read_text(errors="replace")[-2_000:] if sortie else ""
        assert (lance is None or lance.poll() is None) and time.monotonic() < fin, dit
        time.sleep(0.05)


def attendre_une_reponse(port: int) -> None:
    """Until a worker answers, whatever it says: gunicorn listens long before it has one."""
    fin = time.monotonic() + PRET_S
    while True:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=PRET_S)
        try:
            client.request("GET", "/_vie")
            client.getresponse()
            return
        except (OSError, http.client.HTTPException):
            assert time.monotonic() < fin, "no worker answers"
            time.sleep(0.05)
        finally:
            client.close()


def residente_mo(pid: int) -> float:
    """Memory that is this process's own, in MB (private pages: what it shares with its parent is counted there)."""
    lignes = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(ligne.split()[1]) for ligne in lignes if ligne.startswith("Private_")) / 1024


def enfants(pid: int) -> list[int]:
    """The processes that this one has started."""
    return [int(enfant) for enfant in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
