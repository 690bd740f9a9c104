"""A PostgreSQL server of the test's own, from Debian's binaries, in a folder of its own; no Docker, no root needed.

Root cannot run it: as root it is run by the user `postgres` that Debian's package makes.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pytest

from atelier.bases import VARIABLE
from atelier.maison import port_libre

BINAIRES = Path("/usr/lib/postgresql/15/bin")


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of an empty database that may be copied: the environment's, or that of a server of the test's own.

    Where there is neither, the test is skipped.
    """
    if modele := os.environ.get(VARIABLE):
        yield modele
    elif (BINAIRES / "initdb").exists():
        with _serveur() as adresse:
            yield adresse
    else:
        pytest.skip(f"no PostgreSQL 15 in {BINAIRES}, and no {VARIABLE}")


@contextmanager
def _serveur() -> Iterator[str]:
    """The address of an empty database, with its owner, which may create others; all of it is removed at the end."""
    dossier = Path(mkdtemp(prefix="grappe-"))  # a socket's path is short, and pytest's folders are its user's alone
    port = port_libre()
    try:
        if os.getuid() == 0:
            shutil.chown(dossier, "postgres")
        _jouer("initdb", "-D", f"{dossier}/data", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", "mcp_owner")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={dossier}"
        _jouer("pg_ctl", "-w", "-t", "60", "-D", f"{dossier}/data", "-l", f"{dossier}/log", "-o", options, "start")
        try:
            _jouer("createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "mcp_owner", "modele")
            yield f"postgresql://mcp_owner@127.0.0.1:{port}/modele"
        finally:
            _jouer("pg_ctl", "-w", "-D", f"{dossier}/data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(dossier, ignore_errors=True)


def _jouer(programme: str, *mots: str) -> None:
    comme = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    fait = subprocess.run(
        [*comme, str(BINAIRES / programme), *mots], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    assert fait.returncode == 0, f"{programme}: exit {fait.returncode}"
