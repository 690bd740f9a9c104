"""Several worker processes behind one port: gunicorn with uvicorn's worker, as ops teams run a service (ADR 40).

Invariant: each worker builds its own app after the fork (no connection, thread or key is shared), and nobody is
accepted before one can serve; SIGTERM cuts nobody; workers are renewed after so many requests, not all at the same
time, and one that dies before it served is replaced after a pause that grows.
"""

import asyncio
import logging
import mmap
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, cast

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.errors import HaltServer
from gunicorn.glogging import Logger
from prometheus_client import multiprocess
from uvicorn_worker import UvicornWorker

from socle.causes import Pauses
from socle.commandes import ARRET_S, configuration
from socle.ecoute import DERNIERES_S, FILE_D_ATTENTE, Serveur, prendre_le_port
from socle.mesures import DOSSIER_PARTAGE

RENOUVEAU = 200_000
RENOUVEAU_ECART = 40_000
IMMOBILE_S = 30
FIN_S = 2
"""What a worker needs to close its app, after those that it answered."""

MORT = 1
journal = logging.getLogger(__name__)


class Ouvrier(UvicornWorker):  # type: ignore[misc]
    """A worker that serves as `socle.commandes.servir` does."""

    protocole: Any = "httptools"
    options: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        deja: Any = self.__dict__["config"]
        self._a_servi = mmap.mmap(-1, 1)
        """One byte that it shares with the master: this runs before the fork."""
        self.config: Any = configuration(
            None,
            http=self.protocole,
            backlog=FILE_D_ATTENTE,
            timeout_notify=deja.timeout_notify,
            callback_notify=deja.callback_notify,
            limit_max_requests=deja.limit_max_requests,
            **self.options,
        )

    @property
    def a_servi(self) -> bool:
        """Whether it has begun to serve."""
        return self._a_servi[0] == 1

    def init_process(self) -> None:
        """Build the app and serve. What is wrong with the settings is one sentence, and the end of the master too
        if none of its workers ever served; any other death at the start is told, and tried again."""
        try:
            super().init_process()
        except SystemExit as fin:
            if isinstance(fin.code, str) and not self.app.a_servi:
                sys.stderr.write(f"{fin.code}\n")
                raise SystemExit(Arbiter.APP_LOAD_ERROR) from None
            raise SystemExit(MORT if fin.code == Arbiter.WORKER_BOOT_ERROR else fin.code) from None
        except Exception as faute:  # noqa: BLE001 -- whatever it is, the master starts another one
            quand = "" if self.a_servi else " à son démarrage"
            journal.error("un ouvrier est mort%s", quand, extra={"faute": faute.__class__.__name__})
            raise SystemExit(MORT) from None

    async def _serve(self) -> None:
        self.config.app = self.wsgi
        serveur = Serveur(self.config, self.app.depart_s, self._dire_qu_il_sert, self.app.s_arrete)
        # What gunicorn sends its workers when it is interrupted from the keyboard.
        asyncio.get_running_loop().add_signal_handler(signal.SIGQUIT, serveur.partir, signal.SIGINT)
        await serveur.serve(sockets=self.sockets)
        if not serveur.started:
            sys.exit(MORT)

    def _dire_qu_il_sert(self) -> None:
        self._a_servi[0] = 1
        os.kill(self.ppid, signal.SIGCHLD)  # the master looks at its workers


class _Journal(Logger):
    """gunicorn's own lines go where all others go, in the same form: its way of opening logs would replace ours."""

    def setup(self, cfg: Any) -> None:
        """Nothing is opened."""
        self.error_log.setLevel(str(cfg.loglevel).upper())
        self.error_log.propagate = True

    def error(self, msg: object, *args: object, **kwargs: Any) -> None:
        """A worker that ends with one of our own codes has said why."""
        if not (str(msg).startswith("Worker (pid:%s) exited") and args[1] in (MORT, Arbiter.APP_LOAD_ERROR)):
            super().error(msg, *args, **kwargs)


class _Maitre(BaseApplication):
    def __init__(
        self, fabriquer: Callable[[], Any], options: dict[str, Any], prise: socket.socket, depart_s: float
    ) -> None:
        self._fabriquer, self._options, self._prise = fabriquer, options, prise
        self.depart_s = depart_s
        self.a_servi = False
        self._s_arrete = mmap.mmap(-1, 1)
        super().__init__()

    def s_arrete(self) -> bool:
        """Whether all workers leave; they share this with the master."""
        return self._s_arrete[0] == 1

    def arreter(self) -> None:
        """All of them do."""
        self._s_arrete[0] = 1

    def load_config(self) -> None:
        for nom, valeur in self._options.items():
            self.cfg.set(nom, valeur)

    def load(self) -> Any:
        return self._fabriquer()

    def run(self) -> None:
        _Arbitre(self, self._prise).run()


class _Arbitre(Arbiter):
    """gunicorn's master, that starts one worker, and the others once that one serves."""

    def __init__(self, app: _Maitre, prise: socket.socket) -> None:
        super().__init__(app)
        self.__dict__["LISTENERS"] = [prise]  # as gunicorn's own, it is looked for there first
        self._maitre, self._ouvriers = app, cast("dict[int, Ouvrier]", self.WORKERS)
        self._pauses, self._prochain_a = Pauses(), 0.0

    def spawn_workers(self) -> None:
        """As many as are missing, unless the last one died at its start a moment ago."""
        if time.monotonic() < self._prochain_a:
            return
        if any(ouvrier.a_servi for ouvrier in self._ouvriers.values()):
            self._maitre.a_servi = True
            super().spawn_workers()
        elif not self._ouvriers:
            self.spawn_worker()

    def stop(self, graceful: bool = True) -> None:
        """Have all workers leave: from now on none goes on with the port."""
        self._maitre.arreter()
        super().stop(graceful)

    def reap_workers(self) -> None:
        """Settings that are wrong have been told by who met them: nothing is to be added."""
        try:
            super().reap_workers()
        except HaltServer as fin:
            self.stop()
            raise SystemExit(fin.exit_status) from None

    def enterrer(self, ouvrier: Any) -> None:
        """A worker is dead: one that never served is not replaced at once."""
        if ouvrier.a_servi:
            self._maitre.a_servi = True
            self._pauses.reprendre()
        else:
            self._prochain_a = time.monotonic() + self._pauses.suivante()
        if os.environ.get(DOSSIER_PARTAGE):
            multiprocess.mark_process_dead(ouvrier.pid)  # type: ignore[no-untyped-call]


def servir(
    fabriquer: Callable[[], Any],
    host: str,
    port: int,
    ouvriers: int,
    depart_s: float,
    ouvrier: type[Ouvrier] = Ouvrier,
) -> None:
    """Serve with so many workers, each with the app that `fabriquer` builds in it."""
    prise = prendre_le_port(host, port)
    _vider_les_mesures()
    reglages: dict[str, Any] = {
        "bind": f"{host}:{port}",
        "workers": ouvriers,
        "worker_class": ouvrier,
        "preload_app": False,
        "max_requests": RENOUVEAU,
        "max_requests_jitter": RENOUVEAU_ECART,
        "graceful_timeout": round(depart_s + 2 * DERNIERES_S + ARRET_S + FIN_S),
        "timeout": IMMOBILE_S,
        "worker_tmp_dir": "/dev/shm",  # noqa: S108 -- a heartbeat on a slow disk would kill a sound worker
        "control_socket_disable": True,
        "accesslog": None,
        "loglevel": "warning",
        "logger_class": _Journal,
        "child_exit": lambda arbitre, mort: arbitre.enterrer(mort),
    }
    _Maitre(fabriquer, reglages, prise, depart_s).run()


def _vider_les_mesures() -> None:
    """The files of processes that are gone would be counted again."""
    if dossier := os.environ.get(DOSSIER_PARTAGE):
        for fichier in Path(dossier).glob("*.db"):
            fichier.unlink(missing_ok=True)
