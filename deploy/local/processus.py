"""The processes of the embedded default, and supervisor, which keeps them.

Invariant: a process that dies is started again; when the manager stops, so do all of them, within 10 s; and
nothing outlives the launcher, whatever ends it.
"""

import contextlib
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import xmlrpc.client
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from supervisor.states import ProcessStates
from supervisor.xmlrpc import SupervisorTransport

from local import verrou
from local.filiation import avec_le_parent
from local.fins import ArretDemande, Echec
from local.reglages import Reglages

SERVICES = ("identity", "habilitation", "cdap", "audit", "gateway")
ARRET_S = 9
DEPART_S = 0.3
"""All of them stop together here: no client goes elsewhere."""

FIN_ETAPE_S = 5
REGARD_S = 0.05
CAFS = Path(__file__).with_name("cafs.yaml")


@dataclass(frozen=True)
class Programme:
    """One process: its name, its command, and what it alone finds in its environment."""

    nom: str
    commande: str
    environnement: dict[str, str]


@dataclass(frozen=True)
class Plan:
    """Which processes there are, on which ports, and what all of them find in their environment."""

    programmes: tuple[Programme, ...]
    ports: dict[str, int]
    commun: dict[str, str]


def planifier(reglages: Reglages) -> Plan:
    """Choose free ports, and list the processes: each service, its relay, and the collector of audit."""
    ports = dict(zip(SERVICES, _ports_libres(len(SERVICES)), strict=True))
    commun = {
        "MCP_VAR": str(reglages.var),
        "MCP_ISSUER": reglages.passerelle,
        "MCP_PORT": str(reglages.port),
        "PYTHONWARNINGS": "ignore",
        "MCP_DEPART_S": str(DEPART_S),
        "MCP_CAFS": str(CAFS),
    } | {f"MCP_URL_{service.upper()}": f"http://127.0.0.1:{port}" for service, port in ports.items()}
    programmes = []
    for service in SERVICES:
        programmes.append(Programme(service, f"{service} web", {"MCP_BIND_PORT": str(ports[service])}))
        programmes.append(Programme(f"{service}-relay", f"{service} relay", {}))
    programmes.append(Programme("audit-collecte", "audit collecte", {}))
    return Plan(tuple(programmes), ports, commun)


class Etape:
    """A step of `local.preparation` in a process of its own; what it says goes to a file."""

    def __init__(self, nom: str, plan: Plan, tenu: IO[str], log: Path, *mots: str) -> None:
        self._nom = nom
        self._log = log
        with log.open("ab") as sortie:
            self._enfant = _lancer(["-m", "local.preparation", *mots], plan, tenu, sortie)

    def attendre(self, arret: threading.Event) -> None:
        """Until it is done. Raises Echec if it failed, ArretDemande."""
        while (code := self._enfant.poll()) is None:
            if arret.wait(REGARD_S):
                raise ArretDemande
        if code != 0:
            raise Echec(f"{self._nom} a échoué. Voir {self._log}")

    def arreter(self) -> None:
        """End it, if it still runs."""
        if self._enfant.poll() is None:
            _finir(self._enfant, FIN_ETAPE_S)


@contextlib.contextmanager
def etape(nom: str, plan: Plan, tenu: IO[str], log: Path, *mots: str) -> Iterator[Etape]:
    """A step that does not outlive the block."""
    cette = Etape(nom, plan, tenu, log, *mots)
    try:
        yield cette
    finally:
        cette.arreter()


class Gestionnaire:
    """Supervisor, as a child of ours in a session of its own, spoken to over a private socket."""

    def __init__(self, plan: Plan, tenu: IO[str], logs: Path) -> None:
        self._pids: dict[str, int] = {}
        self._prive = Path(tempfile.mkdtemp(prefix="mcp-"))
        conf = self._prive / "supervisord.conf"
        conf.write_text(configuration(plan, self._prive, logs, sys.executable), encoding="utf-8")
        with (logs / "supervisord.log").open("wb") as sortie:
            self._enfant = _lancer(["-m", "local.gardien", "-n", "-c", str(conf)], plan, tenu, sortie)
        verrou.noter(tenu, self._enfant.pid)

    @property
    def vit(self) -> bool:
        """Whether the manager still runs."""
        return self._enfant.poll() is None

    def pids(self) -> dict[str, int]:
        """The running processes, by name; those of the last look where the manager does not answer."""
        self._regarder()
        return dict(self._pids)

    def tombes(self) -> list[str]:
        """The processes that ended as soon as they were started, and wait to be started again."""
        return [info["name"] for info in self._regarder() if info["state"] == ProcessStates.BACKOFF]

    def _regarder(self) -> list[dict[str, Any]]:
        infos: Any = []
        with contextlib.suppress(OSError, xmlrpc.client.Error):
            infos = self._appel().supervisor.getAllProcessInfo()
            self._pids = {info["name"]: info["pid"] for info in infos if info["pid"]}
        return list(infos)

    def arreter(self) -> None:
        """Stop every process, then the manager; what does not stop in time is killed."""
        fin = time.monotonic() + ARRET_S + 0.5
        if self.vit:
            _finir(self._enfant, ARRET_S + 0.5)
        if self._enfant.poll() != 0:
            self._finir_les_orphelins(fin)
        shutil.rmtree(self._prive, ignore_errors=True)

    def _finir_les_orphelins(self, fin: float) -> None:
        """The manager was killed: where the kernel does not end its children, we do."""
        _signaler(self._pids.values(), signal.SIGTERM)
        while any(verrou.vit(pid) for pid in self._pids.values()) and time.monotonic() < fin:
            time.sleep(REGARD_S)
        _signaler(self._pids.values(), signal.SIGKILL)

    def _appel(self) -> xmlrpc.client.ServerProxy:
        transport = SupervisorTransport(None, None, f"unix://{self._prive / 'supervisor.sock'}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)


@contextlib.contextmanager
def gestion(plan: Plan, tenu: IO[str], logs: Path) -> Iterator[Gestionnaire]:
    """Every process, until the block is left."""
    gestionnaire = Gestionnaire(plan, tenu, logs)
    try:
        yield gestionnaire
    finally:
        gestionnaire.arreter()


def configuration(plan: Plan, prive: Path, logs: Path, python: str) -> str:
    """The configuration of supervisor. What all processes share is in its environment, so never quoted here."""
    journaux = _valeur(_valeur(logs))  # Supervisor expands this one twice.
    blocs = [
        f"""[supervisord]
nodaemon=true
logfile={_valeur(prive)}/supervisord.log
pidfile={_valeur(prive)}/supervisord.pid
childlogdir={_valeur(prive)}
[unix_http_server]
file={_valeur(prive)}/supervisor.sock
chmod=0600
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
    ]
    for programme in plan.programmes:
        environnement = ",".join(f'{nom}="{valeur}"' for nom, valeur in programme.environnement.items())
        blocs.append(
            f"""[program:{programme.nom}]
command={_valeur(shlex.quote(python))} -m {programme.commande}
environment={_valeur(environnement)}
autorestart=true
startsecs=1
startretries=1000
stopsignal=TERM
stopwaitsecs={ARRET_S}
redirect_stderr=true
stdout_logfile={journaux}/{programme.nom}.log
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=2
"""
        )
    # One group: supervisor ends the processes of a group together, and groups one after the other.
    blocs.append("[group:mcp]\nprograms=" + ",".join(programme.nom for programme in plan.programmes) + "\n")
    return "\n".join(blocs)


def _valeur(texte: str | Path) -> str:
    """A percent sign announces an expansion there, unless it is doubled."""
    return str(texte).replace("%", "%%")


def _lancer(mots: list[str], plan: Plan, tenu: IO[str], sortie: IO[bytes]) -> subprocess.Popen[bytes]:
    """A Python of ours that Ctrl-C does not reach, that holds the lock, and that ends with us."""
    return subprocess.Popen(
        [sys.executable, *mots],
        env=os.environ | plan.commun,
        stdin=tenu,
        stdout=sortie,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=avec_le_parent(),
    )


def _finir(enfant: subprocess.Popen[bytes], patience_s: float) -> None:
    enfant.terminate()
    try:
        enfant.wait(patience_s)
    except subprocess.TimeoutExpired:
        enfant.kill()
        enfant.wait()


def _signaler(pids: Any, numero: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, numero)


def _ports_libres(nombre: int) -> list[int]:
    """Ports that are free now, all held at once while they are chosen."""
    with contextlib.ExitStack() as pile:
        prises = [pile.enter_context(socket.socket()) for _ in range(nombre)]
        for prise in prises:
            prise.bind(("127.0.0.1", 0))
        return [int(prise.getsockname()[1]) for prise in prises]
