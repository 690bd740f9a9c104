"""The public door in several processes: gunicorn's workers, each with the strict protocol and an app of its own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gateway.adapters.protocole import Protocole
from socle import tls
from socle.production import Ouvrier, servir


class OuvrierDeLaPorte(Ouvrier):
    """A worker that reads requests without leniency."""

    protocole = Protocole


def servir_a_plusieurs(
    fabriquer: Callable[[], Any],
    host: str,
    port: int,
    ouvriers: int,
    depart_s: float,
    paire: tuple[Path, Path] | None = None,
) -> None:
    """Serve until a signal, then cut nobody; HTTPS with a `paire` of certificate and key."""
    options = tls.uvicorn(*paire) if paire else {}
    servir(fabriquer, host, port, ouvriers, depart_s, type("Ouvrier", (OuvrierDeLaPorte,), {"options": options}))
