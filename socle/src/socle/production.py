"""Several worker processes behind one port: gunicorn with uvicorn's worker, as ops teams run a service.

Invariant: each worker builds its own app after the fork (no connection, thread or key is shared); SIGTERM finishes
what is in flight; workers are renewed after so many requests, not all at the same time.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from prometheus_client import multiprocess
from uvicorn_worker import UvicornWorker

from socle.commandes import ARRET_S, configuration, port_libre
from socle.mesures import DOSSIER_PARTAGE

RENOUVEAU = 200_000
RENOUVEAU_ECART = 40_000
IMMOBILE_S = 30
FILE_D_ATTENTE = 2048


class Ouvrier(UvicornWorker):  # type: ignore[misc]
    """A worker that serves as `socle.commandes.servir` does."""

    protocole: Any = "httptools"
    options: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        deja: Any = self.__dict__["config"]
        self.config: Any = configuration(
            None,
            http=self.protocole,
            backlog=FILE_D_ATTENTE,
            timeout_notify=deja.timeout_notify,
            callback_notify=deja.callback_notify,
            limit_max_requests=deja.limit_max_requests,
            **self.options,
        )


class _Journal(Logger):
    """gunicorn's own lines go where all others go, in the same form: its way of opening logs would replace ours."""

    def setup(self, cfg: Any) -> None:
        """Nothing is opened."""
        self.error_log.setLevel(str(cfg.loglevel).upper())
        self.error_log.propagate = True


class _Maitre(BaseApplication):
    def __init__(self, fabriquer: Callable[[], Any], options: dict[str, Any]) -> None:
        self._fabriquer, self._options = fabriquer, options
        super().__init__()

    def load_config(self) -> None:
        for nom, valeur in self._options.items():
            self.cfg.set(nom, valeur)

    def load(self) -> Any:
        return self._fabriquer()


def servir(fabriquer: Callable[[], Any], host: str, port: int, ouvriers: int, ouvrier: type[Ouvrier] = Ouvrier) -> None:
    """Serve with so many workers, each with the app that `fabriquer` builds in it."""
    if not port_libre(host, port):
        raise SystemExit(f"Le port {port} de {host} est déjà pris.")
    _vider_les_mesures()
    reglages: dict[str, Any] = {
        "bind": f"{host}:{port}",
        "workers": ouvriers,
        "worker_class": ouvrier,
        "preload_app": False,
        "max_requests": RENOUVEAU,
        "max_requests_jitter": RENOUVEAU_ECART,
        "graceful_timeout": ARRET_S,
        "timeout": IMMOBILE_S,
        "worker_tmp_dir": "/dev/shm",  # noqa: S108 -- a heartbeat on a slow disk would kill a sound worker
        "control_socket_disable": True,
        "accesslog": None,
        "logger_class": _Journal,
        "child_exit": lambda _, mort: _oublier(mort.pid),
    }
    _Maitre(fabriquer, reglages).run()


def _vider_les_mesures() -> None:
    """The files of processes that are gone would be counted again."""
    if dossier := os.environ.get(DOSSIER_PARTAGE):
        for fichier in Path(dossier).glob("*.db"):
            fichier.unlink(missing_ok=True)


def _oublier(pid: int) -> None:
    if os.environ.get(DOSSIER_PARTAGE):
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
