"""The public door in several processes: gunicorn's workers, each with the strict protocol and an app of its own."""

from collections.abc import Callable
from typing import Any

from gateway.adapters.protocole import Protocole
from socle.production import Ouvrier, servir


class OuvrierDeLaPorte(Ouvrier):
    """A worker that reads requests without leniency."""

    protocole = Protocole


def servir_a_plusieurs(fabriquer: Callable[[], Any], host: str, port: int, ouvriers: int) -> None:
    """Serve until a signal, then finish what is in flight. A port that is taken is said, and is an exit 1."""
    servir(fabriquer, host, port, ouvriers, OuvrierDeLaPorte)
