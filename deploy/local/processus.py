"""The processes of the embedded default, and supervisor, which keeps them.

Invariant: a process that dies is started again; when the manager stops, so do all of them, within 10 s.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from local.reglages import Reglages

SERVICES = ("identity", "habilitation", "cdap", "audit", "gateway")
ARRET_S = 9


@dataclass(frozen=True)
class Programme:
    """One process: its name, its command, and what it alone finds in its environment."""

    nom: str
    commande: str
    environnement: dict[str, str]


@dataclass(frozen=True)
class Plan:
    """Which processes there are, and on which ports."""

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
    } | {f"MCP_URL_{service.upper()}": f"http://127.0.0.1:{port}" for service, port in ports.items()}
    programmes = []
    for service in SERVICES:
        ici = commun | {"MCP_BIND_PORT": str(ports[service])}
        programmes.append(Programme(service, f"{service} web", ici))
        programmes.append(Programme(f"{service}-relay", f"{service} relay", commun))
    programmes.append(Programme("audit-collecte", "audit collecte", commun))
    return Plan(tuple(programmes), ports, commun)


def preparer(plan: Plan, *etape: str) -> subprocess.Popen[bytes]:
    """Start a step of `local.preparation` in a process of its own, with the services' common environment."""
    return subprocess.Popen(
        [sys.executable, "-m", "local.preparation", *etape],
        env=os.environ | plan.commun,
        stdout=subprocess.DEVNULL,
    )


class Gestionnaire:
    """Supervisor, as a child of ours in a session of its own, spoken to over a private socket."""

    def __init__(self, plan: Plan, var: Path) -> None:
        self._logs = var / "logs"
        self._logs.mkdir(parents=True, exist_ok=True)
        self._prive = Path(tempfile.mkdtemp(prefix="mcp-"))
        self._conf = self._prive / "supervisord.conf"
        self._conf.write_text(_configuration(plan, self._prive, self._logs), encoding="utf-8")
        self._pids: dict[str, int] = {}
        self._enfant = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(self._conf)],
            stdout=(self._logs / "supervisord.log").open("wb"),
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def vit(self) -> bool:
        """Whether the manager still runs."""
        return self._enfant.poll() is None

    def pids(self) -> dict[str, int]:
        """The running processes, by name; those of the last look where the manager does not answer."""
        with contextlib.suppress(OSError, xmlrpc.client.Error):
            infos: Any = self._appel().supervisor.getAllProcessInfo()
            self._pids = {info["name"]: info["pid"] for info in infos if info["pid"]}
        return dict(self._pids)

    def arreter(self) -> None:
        """Stop every process, then the manager; what does not stop in time is killed."""
        if self.vit:
            self._enfant.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._enfant.wait(ARRET_S + 0.5)
        if self._enfant.poll() != 0:
            self._tuer_les_orphelins()
        shutil.rmtree(self._prive, ignore_errors=True)

    def _tuer_les_orphelins(self) -> None:
        """Supervisor was killed: its children live on, unless we end them."""
        if self.vit:
            self._enfant.kill()
        for numero in (signal.SIGTERM, signal.SIGKILL):
            for pid in self._pids.values():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, numero)
            time.sleep(0.3 if numero == signal.SIGTERM else 0)

    def _appel(self) -> xmlrpc.client.ServerProxy:
        transport = SupervisorTransport(None, None, f"unix://{self._prive / 'supervisor.sock'}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)


def _configuration(plan: Plan, prive: Path, logs: Path) -> str:
    """The configuration of supervisor. A percent sign must be doubled there."""
    blocs = [
        f"""[supervisord]
nodaemon=true
logfile={prive}/supervisord.log
pidfile={prive}/supervisord.pid
childlogdir={prive}
[unix_http_server]
file={prive}/supervisor.sock
chmod=0600
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
    ]
    for programme in plan.programmes:
        environnement = ",".join(f'{nom}="{valeur}"' for nom, valeur in programme.environnement.items())
        blocs.append(
            f"""[program:{programme.nom}]
command={sys.executable} -m {programme.commande}
environment={environnement.replace("%", "%%")}
autorestart=true
startsecs=1
startretries=1000
stopsignal=TERM
stopwaitsecs={ARRET_S}
redirect_stderr=true
stdout_logfile={logs}/{programme.nom}.log
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=2
"""
        )
    # One group: supervisor ends the processes of a group together, and groups one after the other.
    blocs.append("[group:mcp]\nprograms=" + ",".join(programme.nom for programme in plan.programmes) + "\n")
    return "\n".join(blocs)


def _ports_libres(nombre: int) -> list[int]:
    """Ports that are free now, all held at once while they are chosen."""
    with contextlib.ExitStack() as pile:
        prises = [pile.enter_context(socket.socket()) for _ in range(nombre)]
        for prise in prises:
            prise.bind(("127.0.0.1", 0))
        return [int(prise.getsockname()[1]) for prise in prises]
