"""The commands that every service has: `web`, `relay`, `migrate`; each `main` adds its own to the group."""

import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine

from socle import journaux, relais
from socle.database import ouvrir
from socle.settings import Reglages, charger

ARRET_S = 8


def commandes(
    reglages: type[Reglages],
    migrations: Path,
    application: Callable[[Any], Any],
    corvees: Callable[[Any, Engine], Sequence[Callable[[], None]]] = lambda *_: (),
) -> click.Group:
    """The command group of a service. `application` builds its ASGI app from its settings; `corvees` gives
    the chores that its relay does besides ranking."""
    groupe = click.Group(
        reglages.service, callback=_pour_soi_seul, help=f"Le service {reglages.service} de Mon Compte Partenaire."
    )

    @groupe.command(help="Servir l’API.")
    def web() -> None:
        lus = charger(reglages)
        journaux.ouvrir(lus.service)
        servir(application(lus), lus.bind_host, lus.bind_port)

    @groupe.command(help="Ranger et chaîner les événements que les actes ont laissés.")
    def relay() -> None:
        lus = charger(reglages)
        journaux.ouvrir(lus.service)
        engine = ouvrir(lus.base)
        relais.tourner(engine, relais.arret_sur_signal(), corvees(lus, engine))

    @groupe.command(help="Mettre la base à la dernière version ; peut être relancé sans effet.")
    def migrate() -> None:
        from socle.migrations import migrer

        migrer(ouvrir(charger(reglages).base), migrations)

    return groupe


def _pour_soi_seul() -> None:
    """What a service writes, databases and mails included, is readable by its owner only."""
    os.umask(0o077)


def servir(application: Any, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is in flight. A port that is taken is said, and is an exit 1."""
    if not port_libre(host, port):
        raise SystemExit(f"Le port {port} de {host} est déjà pris.")
    import uvicorn

    uvicorn.run(
        application,
        host=host,
        port=port,
        http="httptools",
        loop="uvloop",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=ARRET_S,
    )


def port_libre(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as essai:
        essai.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            essai.bind((host, port))
        except OSError:
            return False
    return True
